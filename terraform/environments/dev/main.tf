# The smallest sizes that run everything; comes and goes, nothing in it is protected.

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "headwater"
      Environment = "dev"
      Deployment  = "headwater-dev"
      ManagedBy   = "terraform"
    }
  }
}

module "platform" {
  source = "../../modules/platform"

  name     = "headwater-dev"
  protect  = false
  project  = abspath("${path.root}/../../..")
  release  = var.release
  domain   = var.domain
  zone_id  = var.zone_id
  visitors = var.visitors
  mail     = var.mail
  cidr     = "10.64.0.0/16"

  sizes = {
    nat_gateways      = 1
    mysql             = { instance = "db.t4g.small", storage = 20, storage_max = 100, standby = false, backup_days = 1 }
    kafka             = { instance = "kafka.t3.small", brokers = 3, storage = 50 }
    connect           = { units = 1 }
    streaming         = { driver_cores = 2, driver_memory = 8, executors = 1, executor_cores = 2, executor_memory = 8 }
    nifi              = { cpu = 1024, memory = 4096 }
    superset          = { cpu = 1024, memory = 2048 }
    superset_database = { instance = "db.t4g.micro", standby = false }
    scan_limit_gb     = 10
    budget            = 1000
  }
}
