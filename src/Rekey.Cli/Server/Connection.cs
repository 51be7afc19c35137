using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Rekey.Azure.Hosting;
using Rekey.Cli.Local;
using Rekey.Core;

namespace Rekey.Cli.Server;

/// <summary>The address of a Rekey, and how to sign in to it.</summary>
/// <param name="Server">The address of the app, with a slash at its end.</param>
/// <param name="SignIn">What a person runs to sign in.</param>
/// <param name="TrustedCa">A PEM file with an additional certificate authority for this host.</param>
internal sealed record Connection(Uri Server, string Scope, TokenCredential Credential, string SignIn, string? TrustedCa)
{
    /// <summary>The server that stands for the local world.</summary>
    public const string LocalWorld = "local";

    private const string ServerVariable = "REKEY_SERVER";
    private const string ScopeVariable = "REKEY_SCOPE";
    private const string AllOfAResource = "/.default";

    /// <summary>Microsoft Graph, by which people are found by name; null in the local world, which has none for people.</summary>
    public Uri? Graph { get; private init; }

    /// <summary>Takes the command line first, then the environment, then the profile <c>default</c>.</summary>
    /// <param name="say">Shows the code of <see cref="LoginKind.DeviceCode"/>.</param>
    /// <exception cref="CannotContinueException">No server is named, or what is named is wrong.</exception>
    public static Connection Of(ConnectionChoice choice, Action<string> say)
    {
        var server = choice.Server ?? (choice.Profile is null ? Variable(ServerVariable) : null);
        if (server is LocalWorld)
        {
            return OfLocalWorld(choice.LocalRole);
        }

        var profile = server is null
            ? Profile.Read(choice.Profile ?? Profile.Default)
            : new Profile
            {
                Server = Uri.TryCreate(server, UriKind.Absolute, out var given) ? given : throw NotHttps(server),
                Scope = choice.Scope
                    ?? Variable(ScopeVariable)
                    ?? throw new CannotContinueException(
                        "no-scope",
                        $"The scope of tokens for {server} is not known.",
                        $"Give --scope api://<application>, or set {ScopeVariable}, or write a profile that has both: rekey status --help."
                    ),
            };
        if (!profile.Server.IsAbsoluteUri || profile.Server.Scheme != Uri.UriSchemeHttps)
        {
            throw NotHttps(profile.Server.OriginalString);
        }

        var scope = choice.Scope ?? profile.Scope;
        var login = choice.Login ?? profile.Login;
        return new(
            WithSlash(profile.Server),
            scope.EndsWith(AllOfAResource, StringComparison.Ordinal) ? scope : scope.TrimEnd('/') + AllOfAResource,
            MakeCredential(login, profile.Tenant, say),
            login is LoginKind.ManagedIdentity
                ? "Run it where a managed identity is, or sign in with az login and --login az."
                : $"Run: az login{(profile.Tenant is { } tenant ? $" --tenant {tenant}" : "")}",
            choice.TrustedCa ?? profile.TrustedCa
        )
        {
            Graph = profile.Graph ?? new AzureOptions().GraphAddress,
        };
    }

    /// <summary>The object id of a person, who is named by it or by the name with which they sign in.</summary>
    /// <exception cref="CannotContinueException">The directory has no person of this name, or may not be read.</exception>
    public async Task<string> PersonAsync(string given, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(given, out var id))
        {
            return id.ToString();
        }

        if (Graph is null || !given.Contains('@', StringComparison.Ordinal))
        {
            throw new CannotContinueException(
                "not-an-object-id",
                $"'{given}' is not an object id{(Graph is null ? "" : ", and no name with which a person signs in")}.",
                $"Find it: az ad user show --id {given} --query id --output tsv"
            );
        }

        var options = TrustOf(TrustedCa, Graph);
        (options.GraphEndpoint, options.GraphScope) = (Graph, Graph.GetLeftPart(UriPartial.Authority) + AllOfAResource);
        using var finder = new PersonFinder(Credential, options, TimeProvider.System);
        try
        {
            return await finder.FindAsync(given, cancellationToken) is { } found
                ? found.ToString()
                : throw new CannotContinueException(
                    "unknown-person",
                    $"The directory has no person with the name '{given}'.",
                    "Check the name, or give the object id. Of a deleted account only the object id is known."
                );
        }
        catch (AuthenticationFailedException refused)
        {
            throw new CannotContinueException(
                "not-signed-in",
                $"There is no token for {Graph}: {ServerClient.Short(refused)}",
                SignIn,
                refused
            );
        }
    }

    /// <summary>Gets a token for the app.</summary>
    /// <exception cref="CannotContinueException"><c>not-signed-in</c>: there is none, and what to run.</exception>
    public async Task<AccessToken> TokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Credential.GetTokenAsync(new([Scope]), cancellationToken);
        }
        catch (AuthenticationFailedException refused)
        {
            throw new CannotContinueException(
                "not-signed-in",
                refused is CredentialUnavailableException
                    ? $"You are not signed in: {ServerClient.Short(refused)}"
                    : $"There is no token for {Scope}: {ServerClient.Short(refused)}",
                SignIn,
                refused
            );
        }
    }

    /// <summary>The options of a handler that trusts the additional authority for this host only.</summary>
    public AzureOptions Trust => TrustOf(TrustedCa, Server);

    /// <summary>Hides the credential.</summary>
    public override string ToString() => Server.ToString();

    /// <summary>Signs in to the running local world as its client with this role.</summary>
    /// <exception cref="CannotContinueException">No local world runs, or it has no such client.</exception>
    public static Connection OfLocalWorld(string role)
    {
        var state = LocalWorldState.Read();
        var client = state.Clients.FirstOrDefault(c => c.Key.Equals(role, StringComparison.OrdinalIgnoreCase)).Value;
        if (client is null)
        {
            throw new CannotContinueException(
                "local-client",
                $"The local world has no client '{role}'.",
                $"Clients: {string.Join(", ", state.Clients.Keys.Select(r => r.ToLowerInvariant()))}."
            );
        }

        // Azure.Identity makes this token endpoint from the authority and the tenant.
        var options = new ClientSecretCredentialOptions
        {
            AuthorityHost = new(state.TokenEndpoint, "/"),
            DisableInstanceDiscovery = true,
            Transport = new HttpClientTransport(
                new HttpClient(TrustedTransport.Handler(TrustOf(state.CaCertificate, state.TokenEndpoint)))
            ),
        };
        var tenant = state.TokenEndpoint.Segments.ElementAtOrDefault(1)?.Trim('/') ?? "";
        return new(
            WithSlash(state.Server),
            state.Scope,
            new ClientSecretCredential(tenant, client.ClientId, client.Secret, options),
            LocalWorldState.HowToStart,
            state.CaCertificate
        );
    }

    private static TokenCredential MakeCredential(LoginKind login, string? tenant, Action<string> say) =>
        login switch
        {
            LoginKind.ManagedIdentity => new ManagedIdentityCredential(
                Variable("AZURE_CLIENT_ID") is { } client
                    ? ManagedIdentityId.FromUserAssignedClientId(client)
                    : ManagedIdentityId.SystemAssigned
            ),
            LoginKind.DeviceCode => new DeviceCodeCredential(
                new DeviceCodeCredentialOptions
                {
                    TenantId = tenant,
                    DeviceCodeCallback = (code, _) =>
                    {
                        say(code.Message);
                        return Task.CompletedTask;
                    },
                }
            ),
            _ => new AzureCliCredential(new AzureCliCredentialOptions { TenantId = tenant }),
        };

    private static AzureOptions TrustOf(string? file, Uri address) =>
        new() { TrustedCaFile = file, TrustedCaHosts = file is null ? [] : [address.Host] };

    private static Uri WithSlash(Uri address) =>
        address.AbsolutePath.EndsWith('/') ? address : new UriBuilder(address) { Path = address.AbsolutePath + "/" }.Uri;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static CannotContinueException NotHttps(string server) =>
        new(
            "server-not-https",
            $"'{server}' is not an https address. Every request carries an access token.",
            $"Give the https address of the app, or '{LocalWorld}' for the local world."
        );
}
