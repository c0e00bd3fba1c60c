# One Fargate task, behind the load balancer where it has an entrance. One, not several: NiFi's state
# belongs to one process, and the new one starts only when the old one is gone.

data "aws_region" "here" {}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}"
  retention_in_days = 365
  kms_key_id        = var.kms_key_arn
}

resource "aws_ecs_task_definition" "this" {
  # checkov:skip=CKV_AWS_336: NiFi and Superset unpack and write beside themselves; the image is not trusted with anything that lasts
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.size.cpu
  memory                   = var.size.memory
  execution_role_arn       = var.execution_role_arn
  task_role_arn            = var.task_role_arn

  container_definitions = jsonencode([{
    name            = "main"
    image           = var.image
    essential       = true
    entryPoint      = var.entry_point
    user            = var.user
    privileged      = false
    stopTimeout     = 60
    portMappings    = var.entrance == null ? [] : [{ containerPort = var.entrance.port, protocol = "tcp" }]
    environment     = [for name, value in var.environment : { name = name, value = value }]
    secrets         = [for name, place in var.secrets : { name = name, valueFrom = place }]
    mountPoints     = var.files == null ? [] : [{ sourceVolume = "files", containerPath = var.files.path }]
    linuxParameters = { initProcessEnabled = true }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = data.aws_region.here.region
        "awslogs-stream-prefix" = "task"
      }
    }
  }])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  dynamic "volume" {
    for_each = var.files == null ? [] : [var.files]
    content {
      name = "files"

      efs_volume_configuration {
        file_system_id     = volume.value.file_system
        transit_encryption = "ENABLED"

        authorization_config {
          access_point_id = volume.value.access_point
          iam             = "ENABLED"
        }
      }
    }
  }
}

resource "aws_lb_target_group" "this" {
  # checkov:skip=CKV_AWS_378: a service that speaks HTTP is reached through its security group only; TLS ends at the load balancer
  count                = var.entrance == null ? 0 : 1
  name                 = var.name
  vpc_id               = var.entrance.vpc_id
  target_type          = "ip"
  port                 = var.entrance.port
  protocol             = var.entrance.protocol
  deregistration_delay = 30

  health_check {
    protocol            = var.entrance.protocol
    path                = var.entrance.health.path
    matcher             = var.entrance.health.codes
    interval            = 30
    healthy_threshold   = 2
    unhealthy_threshold = 5
  }

  stickiness {
    type    = "lb_cookie"
    enabled = true
  }
}

resource "aws_lb_listener_rule" "this" {
  count        = var.entrance == null ? 0 : 1
  listener_arn = var.entrance.listener_arn
  priority     = var.entrance.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[0].arn
  }

  condition {
    host_header {
      values = [var.entrance.host]
    }
  }
}

resource "aws_ecs_service" "this" {
  name                               = var.name
  cluster                            = var.cluster_arn
  task_definition                    = aws_ecs_task_definition.this.arn
  launch_type                        = "FARGATE"
  platform_version                   = "LATEST"
  desired_count                      = 1
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  health_check_grace_period_seconds  = var.entrance == null ? null : 300
  propagate_tags                     = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnets
    security_groups  = [var.security_group]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.entrance == null ? [] : [var.entrance]
    content {
      target_group_arn = aws_lb_target_group.this[0].arn
      container_name   = "main"
      container_port   = load_balancer.value.port
    }
  }

  depends_on = [aws_lb_listener_rule.this]
}
