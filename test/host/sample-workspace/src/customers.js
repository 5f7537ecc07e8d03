const customers = new Map();

export function add(customer) {
  customers.set(customer.id, customer);
}

export function find(id) {
  return customers.get(id);
}

export function all() {
  return [...customers.values()].sort((a, b) => a.name.localeCompare(b.name));
}
