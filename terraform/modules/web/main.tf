# One internal load balancer with TLS in front of NiFi and Superset, and the cluster that they run in.
# It is reached from inside the VPC, and from the visitors' ranges through a VPN or peering.

locals {
  names = { for service in ["nifi", "superset"] : service => "${service}.${var.domain}" }
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_acm_certificate" "this" {
  domain_name               = local.names["nifi"]
  subject_alternative_names = [local.names["superset"]]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.this.domain_validation_options : option.domain_name => option
  }
  zone_id = var.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_150: protection is a variable: on in prod
  # checkov:skip=CKV2_AWS_28: not reachable from the internet, so no web application firewall
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = true
  subnets                    = var.subnets
  security_groups            = [var.security_group]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.protect

  access_logs {
    enabled = true
    bucket  = var.logs_bucket
    prefix  = "alb"
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "nothing here"
      status_code  = "404"
    }
  }
}

resource "aws_route53_record" "service" {
  for_each = local.names
  zone_id  = var.zone_id
  name     = each.value
  type     = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
