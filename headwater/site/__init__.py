"""The live map page: what it shows of the lake, the server, and the page's sources (`page/`)."""
