// A certified OpenID Connect provider for the suite, on loopback: node identity_provider.mjs PORT REDIRECT_URI PEOPLE
// PEOPLE is JSON: what someone types as login -> what the provider says of them. Any password will do.
import Provider from "oidc-provider";

const [port, redirectUri, json] = process.argv.slice(2);
const people = JSON.parse(json);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "portal", client_secret: "a-secret-between-the-two", redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  pkce: { required: () => true },
  findAccount: (context, login) =>
    people[login] && { accountId: login, claims: () => ({ sub: login, ...people[login] }) },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
