export const environment = {
  production: true,
  // >>> portgen:angular >>>
  apiUrl: 'https://assistant.example.com:8080/api',
  // <<< portgen:angular <<< sum:f0f50fb4
};
