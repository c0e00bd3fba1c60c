"""Run the live map of the local stack: `python -m headwater.site`."""

from __future__ import annotations

import logging

from headwater import connections, secrets, settings
from headwater.project import DataDir, Project
from headwater.site import serving


def main() -> None:
    """Serve until INT or TERM."""
    project = Project.find()
    chosen, _ = settings.load(root=project.root)
    logging.basicConfig(
        level=chosen.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    stack = connections.local(chosen, secrets.load_or_create(DataDir(chosen.data_dir).secrets))
    serving.serve(serving.server(chosen, project, stack, chosen.ports.port("site")))


if __name__ == "__main__":
    main()
