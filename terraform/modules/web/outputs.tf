output "cluster_arn" {
  description = "The ECS cluster."
  value       = aws_ecs_cluster.this.arn
}

output "cluster_name" {
  description = "Its name."
  value       = aws_ecs_cluster.this.name
}

output "listener_arn" {
  description = "The load balancer's TLS listener."
  value       = aws_lb_listener.https.arn
}

output "load_balancer" {
  description = "The load balancer, as CloudWatch names it."
  value       = aws_lb.this.arn_suffix
}

output "hosts" {
  description = "Service to its host name."
  value       = local.names
}
