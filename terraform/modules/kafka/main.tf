# MSK with TLS and IAM. IAM and not SCRAM: MSK Connect signs in with IAM or not at all, there is no
# password to keep, and rights down to the topic stand in the same policies as all others.

locals {
  properties = {
    # Created by the connector and the converter with their own settings, never by accident.
    "auto.create.topics.enable" = "false"
    "num.partitions"            = "1"

    "default.replication.factor"               = "3"
    "min.insync.replicas"                      = "2"
    "offsets.topic.replication.factor"         = "3"
    "transaction.state.log.replication.factor" = "3"
    "transaction.state.log.min.isr"            = "2"
    "unclean.leader.election.enable"           = "false"

    # The pipeline's size policy: the same bytes as in debezium/connector.json.
    "message.max.bytes"       = "20971520"
    "replica.fetch.max.bytes" = "20971520"
    "log.retention.hours"     = "168"
  }
}

resource "aws_msk_configuration" "this" {
  name              = var.name
  kafka_versions    = ["3.9.x"]
  server_properties = join("\n", [for name, value in local.properties : "${name}=${value}"])

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/kafka"
  retention_in_days = 365
  kms_key_id        = var.kms_key_arn
}

resource "aws_msk_cluster" "this" {
  cluster_name           = var.name
  kafka_version          = "3.9.x"
  number_of_broker_nodes = var.size.brokers
  enhanced_monitoring    = "DEFAULT" # the other levels are billed by metric, topic and broker

  broker_node_group_info {
    instance_type   = var.size.instance
    client_subnets  = var.subnets
    security_groups = [var.security_group]

    storage_info {
      ebs_storage_info {
        volume_size = var.size.storage
      }
    }
  }

  configuration_info {
    arn      = aws_msk_configuration.this.arn
    revision = aws_msk_configuration.this.latest_revision
  }

  client_authentication {
    unauthenticated = false

    sasl {
      iam = true
    }
  }

  encryption_info {
    encryption_at_rest_kms_key_arn = var.kms_key_arn

    encryption_in_transit {
      client_broker = "TLS"
      in_cluster    = true
    }
  }

  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = aws_cloudwatch_log_group.this.name
      }
    }
  }
}
