"""Runs as numbers: the leaderboard, pairs of runs tested, how training stands."""
