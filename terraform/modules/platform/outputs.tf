# What `headwater --target aws` reads: operators with `terraform output -json`, the recorder from its
# environment. No secret is here, only where each is kept.

data "aws_region" "here" {}

locals {
  deployment = {
    name      = var.name
    region    = data.aws_region.here.region
    bucket    = module.lake.bucket
    workgroup = module.lake.workgroup
    dashboard = module.observability.dashboard

    mysql = {
      host             = module.mysql.host
      port             = module.mysql.port
      admin_secret     = module.mysql.admin_secret_arn
      nifi_secret      = module.secrets.arns["mysql/nifi"]
      debezium_secret  = module.secrets.arns["mysql/debezium"]
      headwater_secret = module.secrets.arns["mysql/headwater"]
    }

    kafka = {
      bootstrap_servers  = module.kafka.bootstrap_servers
      replication_factor = 3
    }

    connect = {
      role_arn                      = module.iam.role_arns["connect"]
      plugin_arn                    = module.connect.plugin_arn
      plugin_revision               = module.connect.plugin_revision
      worker_configuration_arn      = module.connect.worker_configuration_arn
      worker_configuration_revision = module.connect.worker_configuration_revision
      log_group                     = module.connect.log_group
      subnets                       = module.network.private_subnets
      security_group                = module.network.security_groups["connect"]
      units                         = var.sizes.connect.units
    }

    streaming = {
      application_id  = module.streaming.application_id
      role_arn        = module.iam.role_arns["streaming"]
      package         = module.streaming.package
      log_group       = module.streaming.log_group
      kms_key_arn     = module.secrets.kms_key_arn
      driver_cores    = var.sizes.streaming.driver_cores
      driver_memory   = var.sizes.streaming.driver_memory
      executors       = var.sizes.streaming.executors
      executor_cores  = var.sizes.streaming.executor_cores
      executor_memory = var.sizes.streaming.executor_memory
    }

    nifi = {
      url          = "https://${module.web.hosts["nifi"]}"
      login_secret = module.secrets.arns["nifi/login"]
      log_group    = module.nifi.log_group
    }

    superset = {
      url          = "https://${module.web.hosts["superset"]}"
      login_secret = module.secrets.arns["superset/login"]
      log_group    = module.superset.log_group
    }
  }
}

output "headwater" {
  description = "Everything that the command line needs to know."
  value       = local.deployment
}

output "image_uris" {
  description = "Where the images of docker/ are pushed."
  value       = module.images.uris
}

output "operator_policy_arn" {
  description = "Policy for whoever runs `headwater --target aws`."
  value       = module.iam.operator_policy_arn
}

output "operator_security_group" {
  description = "Security group for the machine on which it runs, such as a CloudShell in this VPC."
  value       = module.network.security_groups["operators"]
}
