mod bases;
mod changes;
mod imports;
mod instances;
mod sample;
mod tenants;
mod together;
mod transfer;
