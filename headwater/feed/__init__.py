"""The model of a feed, and the pure transform of a response into rows."""
