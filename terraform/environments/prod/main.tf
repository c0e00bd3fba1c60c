# Survives the loss of a zone; what holds data refuses to be deleted.

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "headwater"
      Environment = "prod"
      Deployment  = "headwater-prod"
      ManagedBy   = "terraform"
    }
  }
}

module "platform" {
  source = "../../modules/platform"

  name     = "headwater-prod"
  protect  = true
  project  = abspath("${path.root}/../../..")
  release  = var.release
  domain   = var.domain
  zone_id  = var.zone_id
  visitors = var.visitors
  mail     = var.mail
  cidr     = "10.65.0.0/16"

  sizes = {
    nat_gateways      = 3
    mysql             = { instance = "db.m7g.large", storage = 200, storage_max = 2000, standby = true, backup_days = 14 }
    kafka             = { instance = "kafka.m7g.large", brokers = 3, storage = 500 }
    connect           = { units = 4 }
    streaming         = { driver_cores = 4, driver_memory = 16, executors = 4, executor_cores = 4, executor_memory = 16 }
    nifi              = { cpu = 2048, memory = 8192 }
    superset          = { cpu = 2048, memory = 8192 }
    superset_database = { instance = "db.t4g.small", standby = true }
    scan_limit_gb     = 100
    budget            = 5000
  }
}
