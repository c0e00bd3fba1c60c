# The whole system, in the order of the data's way. Environments differ in sizes only.

module "secrets" {
  source = "../secrets"

  name    = var.name
  protect = var.protect
}

module "network" {
  source = "../network"

  name         = var.name
  cidr         = var.cidr
  zones        = var.zones
  nat_gateways = var.sizes.nat_gateways
  visitors     = var.visitors
  kms_key_arn  = module.secrets.kms_key_arn
}

module "images" {
  source = "../images"

  name        = var.name
  protect     = var.protect
  release     = var.release
  kms_key_arn = module.secrets.kms_key_arn
}

module "mysql" {
  source = "../mysql"

  name                = var.name
  protect             = var.protect
  subnets             = module.network.private_subnets
  security_group      = module.network.security_groups["mysql"]
  kms_key_arn         = module.secrets.kms_key_arn
  monitoring_role_arn = module.iam.monitoring_role_arn
  size                = var.sizes.mysql
}

module "kafka" {
  source = "../kafka"

  name           = var.name
  subnets        = module.network.private_subnets
  security_group = module.network.security_groups["kafka"]
  kms_key_arn    = module.secrets.kms_key_arn
  size           = var.sizes.kafka
}

module "connect" {
  source = "../connect"

  name                 = var.name
  artifacts_bucket     = module.lake.artifacts_bucket
  artifacts_bucket_arn = module.lake.artifacts_bucket_arn
  plugin               = "${var.project}/dist/debezium.zip"
  worker_properties    = file("${var.project}/debezium/worker.properties")
  bootstrap_servers    = module.kafka.bootstrap_servers
  kms_key_arn          = module.secrets.kms_key_arn
}

module "lake" {
  source = "../lake"

  name          = var.name
  protect       = var.protect
  kms_key_arn   = module.secrets.kms_key_arn
  databases     = var.databases
  scan_limit_gb = var.sizes.scan_limit_gb
}

module "streaming" {
  source = "../streaming"

  name             = var.name
  subnets          = module.network.private_subnets
  security_group   = module.network.security_groups["streaming"]
  artifacts_bucket = module.lake.artifacts_bucket
  package          = "${var.project}/dist/emr"
  image            = module.images.uris["emr"]
  kms_key_arn      = module.secrets.kms_key_arn

  # Twice the job: a run that EMR tries again may start before the old workers are gone.
  capacity = {
    cpu    = 2 * (var.sizes.streaming.driver_cores + var.sizes.streaming.executors * var.sizes.streaming.executor_cores)
    memory = 2 * (var.sizes.streaming.driver_memory + var.sizes.streaming.executors * var.sizes.streaming.executor_memory)
    disk   = 2 * 20 * (1 + var.sizes.streaming.executors)
  }
}

module "iam" {
  source = "../iam"

  name             = var.name
  topic_prefix     = var.topic_prefix
  databases        = var.databases
  kms_key_arn      = module.secrets.kms_key_arn
  secret_arns      = module.secrets.arns
  admin_secret_arn = module.mysql.admin_secret_arn
  cluster_arn      = module.kafka.arn
  lake_arn         = module.lake.bucket_arn
  artifacts_arn    = module.lake.artifacts_bucket_arn
  workgroup_arn    = module.lake.workgroup_arn
  application_arn  = module.streaming.application_arn
  file_system_arn  = module.files.arn
  image_arns       = module.images.arns

  log_group_arns = {
    connect   = module.connect.log_group_arn
    streaming = module.streaming.log_group_arn
  }
}

module "web" {
  source = "../web"

  name           = var.name
  protect        = var.protect
  subnets        = module.network.private_subnets
  security_group = module.network.security_groups["entrance"]
  domain         = var.domain
  zone_id        = var.zone_id
  logs_bucket    = module.lake.logs_bucket
}

module "files" {
  source = "../files"

  name           = var.name
  subnets        = module.network.private_subnets
  security_group = module.network.security_groups["files"]
  kms_key_arn    = module.secrets.kms_key_arn
}

module "nifi" {
  source = "../nifi"

  name            = var.name
  vpc_id          = module.network.vpc_id
  subnets         = module.network.private_subnets
  security_groups = module.network.security_groups
  cluster_arn     = module.web.cluster_arn
  listener_arn    = module.web.listener_arn
  host            = module.web.hosts["nifi"]
  image           = module.images.uris["nifi"]
  size            = var.sizes.nifi
  secret_arns     = module.secrets.arns
  kms_key_arn     = module.secrets.kms_key_arn
  file_system     = { id = module.files.id, access_point = module.files.access_point }

  roles = {
    task      = module.iam.role_arns["nifi"]
    execution = module.iam.role_arns["nifi_execution"]
  }
}

module "superset" {
  source = "../superset"

  name                = var.name
  protect             = var.protect
  vpc_id              = module.network.vpc_id
  subnets             = module.network.private_subnets
  security_groups     = module.network.security_groups
  cluster_arn         = module.web.cluster_arn
  listener_arn        = module.web.listener_arn
  host                = module.web.hosts["superset"]
  image               = module.images.uris["superset"]
  size                = var.sizes.superset
  database            = var.sizes.superset_database
  secret_arns         = module.secrets.arns
  kms_key_arn         = module.secrets.kms_key_arn
  monitoring_role_arn = module.iam.monitoring_role_arn

  roles = {
    task      = module.iam.role_arns["superset"]
    execution = module.iam.role_arns["superset_execution"]
  }

  athena = {
    workgroup = module.lake.workgroup
    results   = "s3://${module.lake.bucket}/athena-results/"
    database  = var.databases[0]
  }
}

module "recorder" {
  source = "../recorder"

  name           = var.name
  subnets        = module.network.private_subnets
  security_group = module.network.security_groups["recorder"]
  cluster_arn    = module.web.cluster_arn
  image          = module.images.uris["headwater"]
  kms_key_arn    = module.secrets.kms_key_arn
  topic_prefix   = var.topic_prefix
  deployment     = local.deployment

  roles = {
    task      = module.iam.role_arns["recorder"]
    execution = module.iam.role_arns["recorder_execution"]
  }
}

module "observability" {
  source = "../observability"

  name        = var.name
  kms_key_arn = module.secrets.kms_key_arn
  mail        = var.mail
  budget      = var.sizes.budget

  watched = {
    mysql         = module.mysql.identifier
    kafka         = module.kafka.name
    brokers       = var.sizes.kafka.brokers
    connector     = var.name # as `headwater apply` calls it
    application   = module.streaming.application_id
    cluster       = module.web.cluster_name
    nifi          = module.nifi.service
    superset      = module.superset.service
    streaming_log = module.streaming.log_group
  }
}
