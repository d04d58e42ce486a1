mod bases;
mod changes;
mod instances;
mod sample;
mod tenants;
mod transfer;
