export const environment = {
  production: false,
  // >>> portgen:angular >>>
  apiUrl: 'http://localhost:8080/api',
  // <<< portgen:angular <<< sum:d2229daa
};
