"""What a network looks at: mean maps, parts of the face, how far they are to be believed, and single faces."""
