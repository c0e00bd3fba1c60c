"""Values that AWS enumerates, from the service models that botocore carries."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from support.terraform.hcl import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.terraform.hcl import Module

# `type.block.argument` to the service and the shape that lists its values
SHAPES = {
    "aws_acm_certificate.validation_method": ("acm", "ValidationMethod"),
    "aws_athena_workgroup.configuration.result_configuration.encryption_configuration"
    ".encryption_option": ("athena", "EncryptionOption"),
    "aws_budgets_budget.budget_type": ("budgets", "BudgetType"),
    "aws_budgets_budget.time_unit": ("budgets", "TimeUnit"),
    "aws_budgets_budget.notification.comparison_operator": ("budgets", "ComparisonOperator"),
    "aws_budgets_budget.notification.threshold_type": ("budgets", "ThresholdType"),
    "aws_budgets_budget.notification.notification_type": ("budgets", "NotificationType"),
    "aws_cloudwatch_metric_alarm.comparison_operator": ("cloudwatch", "ComparisonOperator"),
    "aws_cloudwatch_metric_alarm.statistic": ("cloudwatch", "Statistic"),
    "aws_ecr_repository.image_tag_mutability": ("ecr", "ImageTagMutability"),
    "aws_ecr_repository.encryption_configuration.encryption_type": ("ecr", "EncryptionType"),
    "aws_ecs_cluster.setting.name": ("ecs", "ClusterSettingName"),
    "aws_ecs_service.launch_type": ("ecs", "LaunchType"),
    "aws_ecs_service.propagate_tags": ("ecs", "PropagateTags"),
    "aws_ecs_task_definition.network_mode": ("ecs", "NetworkMode"),
    "aws_ecs_task_definition.requires_compatibilities": ("ecs", "Compatibility"),
    "aws_ecs_task_definition.runtime_platform.cpu_architecture": ("ecs", "CPUArchitecture"),
    "aws_ecs_task_definition.runtime_platform.operating_system_family": ("ecs", "OSFamily"),
    "aws_ecs_task_definition.volume.efs_volume_configuration.transit_encryption": (
        "ecs",
        "EFSTransitEncryption",
    ),
    "aws_ecs_task_definition.volume.efs_volume_configuration.authorization_config.iam": (
        "ecs",
        "EFSAuthorizationConfigIAM",
    ),
    "aws_efs_backup_policy.backup_policy.status": ("efs", "Status"),
    "aws_efs_file_system.throughput_mode": ("efs", "ThroughputMode"),
    "aws_emrserverless_application.architecture": ("emr-serverless", "Architecture"),
    "aws_flow_log.log_destination_type": ("ec2", "LogDestinationType"),
    "aws_flow_log.traffic_type": ("ec2", "TrafficType"),
    "aws_eip.domain": ("ec2", "DomainType"),
    "aws_vpc_endpoint.vpc_endpoint_type": ("ec2", "VpcEndpointType"),
    "aws_lb.load_balancer_type": ("elbv2", "LoadBalancerTypeEnum"),
    "aws_lb_listener.protocol": ("elbv2", "ProtocolEnum"),
    "aws_lb_listener.default_action.type": ("elbv2", "ActionTypeEnum"),
    "aws_lb_listener_rule.action.type": ("elbv2", "ActionTypeEnum"),
    "aws_lb_target_group.target_type": ("elbv2", "TargetTypeEnum"),
    "aws_msk_cluster.enhanced_monitoring": ("kafka", "EnhancedMonitoring"),
    "aws_msk_cluster.encryption_info.encryption_in_transit.client_broker": (
        "kafka",
        "ClientBroker",
    ),
    "aws_mskconnect_custom_plugin.content_type": ("kafkaconnect", "CustomPluginContentType"),
    "aws_route53_record.type": ("route53", "RRType"),
    "aws_s3_bucket_lifecycle_configuration.rule.status": ("s3", "ExpirationStatus"),
    "aws_s3_bucket_lifecycle_configuration.rule.transition.storage_class": (
        "s3",
        "TransitionStorageClass",
    ),
    "aws_s3_bucket_ownership_controls.rule.object_ownership": ("s3", "ObjectOwnership"),
    "aws_s3_bucket_server_side_encryption_configuration.rule"
    ".apply_server_side_encryption_by_default.sse_algorithm": ("s3", "ServerSideEncryption"),
    "aws_s3_bucket_versioning.versioning_configuration.status": ("s3", "BucketVersioningStatus"),
}
# Where AWS lists values in prose only.
LISTED: dict[str, set[Any]] = {
    "aws_cloudwatch_log_group.retention_in_days": {
        0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653,
    },
    "aws_athena_workgroup.configuration.engine_version.selected_engine_version": {
        "AUTO", "Athena engine version 2", "Athena engine version 3",
    },
    "aws_budgets_budget.limit_unit": {"USD"},
    "aws_budgets_budget.cost_filter.name": {
        "AZ", "LinkedAccount", "Operation", "PurchaseType", "Region", "Service", "TagKeyValue",
    },
    "aws_cloudwatch_metric_alarm.treat_missing_data": {
        "breaching", "notBreaching", "ignore", "missing",
    },
    "aws_db_instance.ca_cert_identifier": {
        "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1",
    },
    "aws_db_instance.enabled_cloudwatch_logs_exports": {
        "audit", "error", "general", "slowquery", "postgresql", "upgrade",
    },
    "aws_db_instance.engine": {"mysql", "mariadb", "postgres"},
    "aws_db_instance.monitoring_interval": {0, 1, 5, 10, 15, 30, 60},
    "aws_db_parameter_group.parameter.apply_method": {"immediate", "pending-reboot"},
    "aws_ecs_cluster.setting.value": {"enabled", "disabled", "enhanced"},
    "aws_lb_target_group.stickiness.type": {"lb_cookie", "app_cookie", "source_ip"},
    "aws_sns_topic_subscription.protocol": {"email", "email-json", "https", "sqs", "lambda"},
    "aws_vpc_security_group_egress_rule.ip_protocol": {"-1", "tcp", "udp", "icmp"},
    "aws_vpc_security_group_ingress_rule.ip_protocol": {"-1", "tcp", "udp", "icmp"},
    "aws_db_instance.storage_type": {"standard", "gp2", "gp3", "io1", "io2"},
    "aws_emrserverless_application.type": {"spark", "hive"},
}  # fmt: skip
# Text that is ours to choose: names, sizes and versions.
FREE = {
    "aws_cloudwatch_log_metric_filter.metric_transformation.default_value",
    "aws_cloudwatch_log_metric_filter.metric_transformation.namespace",
    "aws_cloudwatch_log_metric_filter.metric_transformation.value",
    "aws_db_instance.db_name",
    "aws_db_instance.engine_version",
    "aws_db_instance.username",
    "aws_db_parameter_group.family",
    "aws_db_parameter_group.parameter.name",
    "aws_db_parameter_group.parameter.value",
    "aws_ecs_service.load_balancer.container_name",
    "aws_ecs_service.platform_version",
    "aws_ecs_task_definition.volume.name",
    "aws_efs_access_point.root_directory.creation_info.permissions",
    "aws_efs_access_point.root_directory.path",
    "aws_emrserverless_application.release_label",
    "aws_iam_role_policy.name",
    "aws_lb.access_logs.prefix",
    "aws_lb_listener.default_action.fixed_response.content_type",
    "aws_lb_listener.default_action.fixed_response.message_body",
    "aws_lb_listener.default_action.fixed_response.status_code",
    "aws_lb_listener.ssl_policy",
    "aws_msk_cluster.kafka_version",
    "aws_msk_configuration.kafka_versions",
    "aws_route.destination_cidr_block",
    "aws_s3_bucket_lifecycle_configuration.rule.filter.prefix",
    "aws_s3_bucket_lifecycle_configuration.rule.id",
    "aws_vpc_security_group_egress_rule.cidr_ipv4",
    "aws_vpc_security_group_egress_rule.description",
}


@cache
def _values(service: str, shape: str) -> frozenset[str]:
    from botocore.loaders import Loader

    model: dict[str, Any] = Loader().load_service_model(service, "service-2")
    return frozenset(model["shapes"][shape]["enum"])


def valid(argument: str) -> frozenset[str] | set[Any] | None:
    """The values of an argument, None where they are not enumerated."""
    if argument in SHAPES:
        return _values(*SHAPES[argument])
    listed: set[Any] | None = LISTED.get(argument)
    return listed


def check_enumerations(module: Module) -> Iterator[str]:
    """Literal values that AWS does not know, and texts of which nobody has said what is valid."""
    for resource in module.resources:
        for path, body in resource.body.all_blocks():
            for name, value in body.arguments.items():
                argument = ".".join(part for part in (resource.type, path, name) if part)
                if resource.mode == "resource" and argument not in FREE:
                    yield from _unknown(resource.address, argument, value)


def _unknown(address: str, argument: str, value: object) -> Iterator[str]:
    known = valid(argument)
    for given in _literals(value):
        if known is None and isinstance(given, str):
            yield f"{address}: {argument} = {given!r} is neither enumerated nor free"
        elif known is not None and given not in known:
            yield f"{address}: {argument} = {given!r} is none of {known}"


def _literals(value: object) -> list[Any]:
    """Plain values, also in lists and on both sides of a condition."""
    if isinstance(value, list):
        return [found for entry in value for found in _literals(entry)]
    if isinstance(value, str):
        text = literal(value)
        return re.findall(r'[?:]\s*"([^"$]*)"', value) if text is None else [text]
    return [value] if isinstance(value, int) else []
