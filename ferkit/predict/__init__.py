"""From pictures to answers: a run's network, photos, live frames and videos read face by face."""
