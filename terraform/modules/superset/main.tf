# Superset on Fargate. Its charts and users live in a small PostgreSQL of its own, not in the MySQL
# that the pipeline captures.

ephemeral "aws_secretsmanager_secret_version" "database" {
  secret_id = var.secret_arns["superset/database"]
}

resource "aws_db_subnet_group" "this" {
  name       = "${var.name}-superset"
  subnet_ids = var.subnets
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-superset-"
  family      = "postgres17"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_293: protection is a variable: on in prod
  # checkov:skip=CKV_AWS_157: a standby is a variable: on in prod
  identifier     = "${var.name}-superset"
  engine         = "postgres"
  engine_version = "17"
  instance_class = var.database.instance
  db_name        = "superset"

  allocated_storage = 20
  storage_type      = "gp3"
  storage_encrypted = true
  kms_key_id        = var.kms_key_arn

  # Not rotated by RDS: Superset reads it once, when it starts. Write-only, so in no state file.
  username            = "superset"
  password_wo         = jsondecode(ephemeral.aws_secretsmanager_secret_version.database.secret_string)["password"]
  password_wo_version = 1

  db_subnet_group_name                = aws_db_subnet_group.this.name
  vpc_security_group_ids              = [var.security_groups["superset_db"]]
  publicly_accessible                 = false
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
  iam_database_authentication_enabled = true
  parameter_group_name                = aws_db_parameter_group.this.name
  multi_az                            = var.database.standby

  backup_retention_period   = 7
  copy_tags_to_snapshot     = true
  deletion_protection       = var.protect
  skip_final_snapshot       = !var.protect
  final_snapshot_identifier = var.protect ? "${var.name}-superset-final" : null

  auto_minor_version_upgrade      = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
  monitoring_interval             = 60
  monitoring_role_arn             = var.monitoring_role_arn
  performance_insights_enabled    = true
  performance_insights_kms_key_id = var.kms_key_arn
}

module "service" {
  source = "../service"

  name               = "${var.name}-superset"
  subnets            = var.subnets
  security_group     = var.security_groups["superset"]
  cluster_arn        = var.cluster_arn
  image              = var.image
  user               = "1000:1000"
  size               = var.size
  execution_role_arn = var.roles.execution
  task_role_arn      = var.roles.task
  kms_key_arn        = var.kms_key_arn

  entrance = {
    vpc_id       = var.vpc_id
    listener_arn = var.listener_arn
    priority     = 20
    host         = var.host
    port         = 8088
    protocol     = "HTTP"
    health       = { path = "/health", codes = "200" }
  }

  environment = {
    SUPERSET_DB_HOST   = aws_db_instance.this.address
    SUPERSET_DB_NAME   = "superset"
    ATHENA_WORKGROUP   = var.athena.workgroup
    ATHENA_RESULTS     = var.athena.results
    ATHENA_DATABASE    = var.athena.database
    SUPERSET_WEBSERVER = "https://${var.host}"
  }

  secrets = {
    SUPERSET_SECRET_KEY     = "${var.secret_arns["superset/key"]}:password::"
    SUPERSET_ADMIN_USERNAME = "${var.secret_arns["superset/login"]}:username::"
    SUPERSET_ADMIN_PASSWORD = "${var.secret_arns["superset/login"]}:password::"
    SUPERSET_DB_USER        = "${var.secret_arns["superset/database"]}:username::"
    SUPERSET_DB_PASSWORD    = "${var.secret_arns["superset/database"]}:password::"
  }
}
