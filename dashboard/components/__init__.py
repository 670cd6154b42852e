"""What the browser does itself: gallery, confusion matrix, video player."""
