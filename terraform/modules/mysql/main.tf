# RDS MySQL 8.4 as the pipeline needs it; the same values as the local server's my.cnf
# (tests/terraform compares them). How long the binlog is kept is not a parameter but a procedure,
# mysql.rds_set_configuration: `headwater apply` calls it, with the accounts.

locals {
  parameters = {
    "binlog_format"                  = "ROW"
    "binlog_row_image"               = "FULL"
    "binlog_row_metadata"            = "FULL"
    "binlog_transaction_compression" = "0"
    "gtid-mode"                      = "ON"
    "enforce_gtid_consistency"       = "ON"
    "local_infile"                   = "0"
    "time_zone"                      = "UTC"
    "character_set_server"           = "utf8mb4"
    "collation_server"               = "utf8mb4_0900_ai_ci"
    "sql_mode"                       = "STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
    "innodb_flush_log_at_trx_commit" = "1"
    "sync_binlog"                    = "1"
  }
}

resource "aws_db_subnet_group" "this" {
  name       = "${var.name}-mysql"
  subnet_ids = var.subnets
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-mysql-"
  family      = "mysql8.4"

  parameter {
    name  = "require_secure_transport"
    value = "1"
  }

  dynamic "parameter" {
    for_each = local.parameters
    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_293: protection is a variable: on in prod, off where an environment comes and goes
  # checkov:skip=CKV_AWS_157: a standby is a variable: on in prod
  identifier     = "${var.name}-mysql"
  engine         = "mysql"
  engine_version = "8.4"
  instance_class = var.size.instance

  allocated_storage     = var.size.storage
  max_allocated_storage = var.size.storage_max
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  username                      = "admin"
  manage_master_user_password   = true # made, kept and rotated by RDS: it is in no state file
  master_user_secret_kms_key_id = var.kms_key_arn

  db_subnet_group_name                = aws_db_subnet_group.this.name
  vpc_security_group_ids              = [var.security_group]
  publicly_accessible                 = false
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
  iam_database_authentication_enabled = true
  parameter_group_name                = aws_db_parameter_group.this.name
  multi_az                            = var.size.standby

  backup_retention_period   = var.size.backup_days # 0 would also end the binlog
  copy_tags_to_snapshot     = true
  deletion_protection       = var.protect
  skip_final_snapshot       = !var.protect
  final_snapshot_identifier = var.protect ? "${var.name}-mysql-final" : null

  auto_minor_version_upgrade      = true
  enabled_cloudwatch_logs_exports = ["error", "slowquery"]
  monitoring_interval             = 60
  monitoring_role_arn             = var.monitoring_role_arn
  performance_insights_enabled    = true
  performance_insights_kms_key_id = var.kms_key_arn
}
