# Who may talk to whom, as a table: each flow is one rule out and one rule in, and there is no other.

locals {
  parts = toset([
    "mysql", "kafka", "connect", "streaming", "nifi", "superset", "superset_db", "files", "entrance",
    "operators", "recorder",
  ])

  flows = {
    connect_mysql       = { from = "connect", to = "mysql", port = 3306 }
    nifi_mysql          = { from = "nifi", to = "mysql", port = 3306 }
    operators_mysql     = { from = "operators", to = "mysql", port = 3306 }
    recorder_mysql      = { from = "recorder", to = "mysql", port = 3306 }
    connect_kafka       = { from = "connect", to = "kafka", port = 9098 }
    streaming_kafka     = { from = "streaming", to = "kafka", port = 9098 }
    operators_kafka     = { from = "operators", to = "kafka", port = 9098 }
    recorder_kafka      = { from = "recorder", to = "kafka", port = 9098 }
    entrance_nifi       = { from = "entrance", to = "nifi", port = 8443 }
    entrance_superset   = { from = "entrance", to = "superset", port = 8088 }
    operators_entrance  = { from = "operators", to = "entrance", port = 443 }
    superset_its_db     = { from = "superset", to = "superset_db", port = 5432 }
    nifi_its_files      = { from = "nifi", to = "files", port = 2049 }
    streaming_executors = { from = "streaming", to = "streaming", port = -1 }
  }

  # AWS APIs, and for NiFi the public APIs that it polls.
  callers = toset(["connect", "streaming", "nifi", "superset", "operators", "recorder"])
}

resource "aws_security_group" "part" {
  # checkov:skip=CKV2_AWS_5: attached by the modules that get the group's id
  for_each    = local.parts
  name        = "${var.name}-${each.key}"
  description = "${each.key} of ${var.name}"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "flow" {
  for_each                     = local.flows
  description                  = "${each.value.from} to ${each.value.to}"
  security_group_id            = aws_security_group.part[each.value.from].id
  referenced_security_group_id = aws_security_group.part[each.value.to].id
  ip_protocol                  = each.value.port == -1 ? "-1" : "tcp"
  from_port                    = each.value.port == -1 ? null : each.value.port
  to_port                      = each.value.port == -1 ? null : each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "flow" {
  for_each                     = local.flows
  description                  = "${each.value.from} to ${each.value.to}"
  security_group_id            = aws_security_group.part[each.value.to].id
  referenced_security_group_id = aws_security_group.part[each.value.from].id
  ip_protocol                  = each.value.port == -1 ? "-1" : "tcp"
  from_port                    = each.value.port == -1 ? null : each.value.port
  to_port                      = each.value.port == -1 ? null : each.value.port
}

resource "aws_vpc_security_group_egress_rule" "https" {
  for_each          = local.callers
  description       = "HTTPS to AWS and to public APIs"
  security_group_id = aws_security_group.part[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "visitors" {
  for_each          = toset(var.visitors)
  description       = "NiFi and Superset from ${each.key}"
  security_group_id = aws_security_group.part["entrance"].id
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
