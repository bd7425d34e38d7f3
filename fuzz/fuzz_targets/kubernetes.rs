//! Kubernetes.

#![no_main]

portgen_fuzz::reader!("kubernetes": "deploy/service.yaml");
