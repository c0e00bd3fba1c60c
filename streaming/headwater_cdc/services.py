"""What all tables of the job share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from headwater_cdc.beats import Beats
    from headwater_cdc.config import JobConfig
    from headwater_cdc.ends import Ends
    from headwater_cdc.glue import CatalogKeeper
    from headwater_cdc.history import History
    from headwater_cdc.rebuild import Rebuilds
    from headwater_cdc.requests import Requests
    from headwater_cdc.schemas import Schemas
    from headwater_cdc.statuses import Statuses
    from headwater_cdc.storage import Storage
    from headwater_cdc.topics import Topics
    from headwater_cdc.upkeep import Upkeep


@dataclass(frozen=True)
class Services:
    """One of each, made once from the desired state's head."""

    spark: SparkSession
    config: JobConfig
    schemas: Schemas
    topics: Topics
    ends: Ends
    beats: Beats
    history: History
    storage: Storage
    statuses: Statuses
    requests: Requests
    rebuilds: Rebuilds
    catalog: CatalogKeeper
    upkeep: Upkeep
