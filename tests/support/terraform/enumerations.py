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
    "aws_cloudwatch_metric_alarm.comparison_operator": ("cloudwatch", "ComparisonOperator"),
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
    "aws_db_instance.monitoring_interval": {0, 1, 5, 10, 15, 30, 60},
    "aws_db_instance.storage_type": {"standard", "gp2", "gp3", "io1", "io2"},
    "aws_emrserverless_application.type": {"spark", "hive"},
}  # fmt: skip


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
    """Literal values that AWS does not know."""
    for resource in module.resources:
        for path, body in resource.body.all_blocks():
            for name, value in body.arguments.items():
                argument = ".".join(part for part in (resource.type, path, name) if part)
                known = valid(argument)
                for given in _literals(value) if known is not None else ():
                    if given not in (known or ()):
                        yield f"{resource.address}: {path} {name} = {given!r} is none of {known}"


def _literals(value: object) -> list[Any]:
    """Plain values, also in lists and on both sides of a condition."""
    if isinstance(value, list):
        return [found for entry in value for found in _literals(entry)]
    if isinstance(value, str):
        text = literal(value)
        return re.findall(r'[?:]\s*"([^"$]*)"', value) if text is None else [text]
    return [value] if isinstance(value, int) else []
