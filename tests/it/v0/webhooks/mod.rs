mod filters;
mod includes;
mod life;
mod numbers;
mod pings;
mod rights;
mod shapes;
mod world;
