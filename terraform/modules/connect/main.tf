# What MSK Connect needs before there is a connector: the plugin, the worker's configuration, a log.
# The connector itself follows from the feeds; `headwater apply` makes it, as it does locally.

data "aws_region" "here" {}

locals {
  # Of the project's worker file MSK Connect takes the converters only: it has its own listeners,
  # topics and group.
  template = replace(replace(var.worker_properties,
    "{{bootstrap_servers}}", var.bootstrap_servers),
  "{{replication_factor}}", "3")
  converters = [
    for line in split("\n", local.template) : line
    if length(regexall("^(key|value)[.]converter", line)) > 0
  ]

  iam = {
    "security.protocol"                  = "SASL_SSL"
    "sasl.mechanism"                     = "AWS_MSK_IAM"
    "sasl.jaas.config"                   = "software.amazon.msk.auth.iam.IAMLoginModule required;"
    "sasl.client.callback.handler.class" = "software.amazon.msk.auth.iam.IAMClientCallbackHandler"
  }
  signing_in = flatten([
    for converter in ["key", "value"] : [
      for name, value in local.iam : "${converter}.converter.client.${name}=${value}"
    ]
  ])

  # The connector's configuration, which its API shows, refers to the password by
  # $${secretsManager:<secret>:password}.
  secrets = [
    "config.providers=secretsManager",
    "config.providers.secretsManager.class=com.amazonaws.kafka.config.providers.SecretsManagerConfigProvider",
    "config.providers.secretsManager.param.region=${data.aws_region.here.region}",
  ]

  properties = join("\n", concat(local.converters, local.signing_in, local.secrets, [
    "offset.storage.topic=_connect.offsets.${var.name}", # so that a connector made anew goes on
  ]))
}

resource "aws_s3_object" "plugin" {
  bucket      = var.artifacts_bucket
  key         = "connect/debezium-${filesha256(var.plugin)}.zip"
  source      = var.plugin
  source_hash = filesha256(var.plugin)
}

# Plugins and worker configurations cannot be changed: a new one gets a new name.
resource "aws_mskconnect_custom_plugin" "this" {
  name         = "${var.name}-${substr(filesha256(var.plugin), 0, 8)}"
  content_type = "ZIP"

  location {
    s3 {
      bucket_arn = var.artifacts_bucket_arn
      file_key   = aws_s3_object.plugin.key
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_mskconnect_worker_configuration" "this" {
  name                    = "${var.name}-${substr(sha256(local.properties), 0, 8)}"
  properties_file_content = local.properties

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/connect"
  retention_in_days = 365
  kms_key_id        = var.kms_key_arn
}
