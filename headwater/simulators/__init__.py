"""Stand-ins for the source APIs in their exact formats; they never import the transform."""
