output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "private_subnets" {
  description = "One subnet in each zone."
  value       = aws_subnet.private[*].id
}

output "security_groups" {
  description = "Part to the id of its security group."
  value       = { for part, group in aws_security_group.part : part => group.id }
}
