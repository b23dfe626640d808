mod faults;
mod files;
mod folder;
mod support;
mod writes;
