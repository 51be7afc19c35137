using System.Security.Cryptography;
using System.Text;
using Rekey.Cli.Local;
using Rekey.Core;
using Rekey.Local.Identity;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;

namespace Rekey.Local.Interactive;

/// <summary>A company that stays up and in which a person can act: switch an account off, forge a token, and begin again. The app keeps
/// its address when it begins again.</summary>
internal sealed class InteractiveWorld : IAsyncDisposable
{
    private const string ForgerAddress = "203.0.113.9";

    /// <summary>Each client, and its role. What needs two approvers, such as the start after a stop, needs the second one.</summary>
    private static readonly (string Client, string Role)[] Roles =
    [
        ("Operator", "Operator"),
        ("Approver", "Approver"),
        ("Approver2", "Approver"),
        ("Gateway", "Gateway"),
        ("Reader", "Reader"),
    ];

    private readonly FreePort? _port;
    private readonly CompanyLogs _logs = new();
    private readonly WorldOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private readonly Dictionary<string, LocalClient> _clients = Roles.ToDictionary(
        r => r.Client,
        r => new LocalClient(IdOf(r.Client), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)))
    );

    private World? _world;
    private Gateway? _gateway;

    private InteractiveWorld(WorldOptions options)
    {
        _port = options.Port == 0 ? FreePort.Take() : null;
        _options = options with
        {
            Port = _port?.Number ?? options.Port,
            AuditFolder = _logs.Audit,
            Settings = new Dictionary<string, string>(options.Settings.Concat(_logs.Settings), StringComparer.Ordinal),
        };
    }

    public World World =>
        _world
        ?? throw new CannotContinueException("no-company", "The last reset failed, and no company runs.", "Try again: rekey local reset");

    public Gateway Gateway => _gateway ?? throw new InvalidOperationException("The company has no gateway.");

    /// <summary>A file in which the printed commands keep a forged token.</summary>
    public string TokenFile => _logs.TokenFile;

    /// <summary>Called when the company has begun again, with other addresses of everything but the app.</summary>
    public Action? AfterReset { get; set; }

    public static async Task<InteractiveWorld> StartAsync(WorldOptions options, CancellationToken cancellationToken)
    {
        var interactive = new InteractiveWorld(options);
        try
        {
            await interactive.BeginAsync(interactive._options, cancellationToken);
            return interactive;
        }
        catch
        {
            await interactive.DisposeAsync();
            throw;
        }
    }

    /// <summary>The id of a person's first departure.</summary>
    public string DepartureOf(string personId) => $"{World.Identity.TenantId}~{personId}~1";

    /// <summary>How the command line reaches this company now.</summary>
    public LocalWorldState StateFor(AdminServer admin) =>
        new()
        {
            Server = World.HostAddress,
            TokenEndpoint = new($"{World.Identity.TenantAuthority}/oauth2/v2.0/token"),
            Scope = $"{WorldSettings.Audience}/.default",
            AdminEndpoint = admin.Address,
            AdminSecret = admin.Secret,
            CaCertificate = World.Authority.Path,
            Clients = _clients,
            ProcessId = Environment.ProcessId,
        };

    /// <summary>Switches an account off. Graph sends its change notification.</summary>
    /// <param name="name">First name, sign-in name or object id.</param>
    /// <exception cref="CannotContinueException">There is no such person, or the account is off already.</exception>
    public Task<LocalAnswer> DisableAsync(string name, CancellationToken cancellationToken) =>
        InTurnAsync(
            async () =>
            {
                var user = World.Graph.FindUser(name)
                    ?? World.Graph.FindUser(Employee.SignInName(name))
                    ?? throw new CannotContinueException(
                        "no-such-person",
                        $"The directory has no person '{name}'.",
                        $"Custodians of keys: {string.Join(", ", Employee.All.Select(p => p.Name))}."
                    );
                if (!user.AccountEnabled)
                {
                    throw new CannotContinueException(
                        "already-disabled",
                        $"The account of {user.UserPrincipalName} is disabled already.",
                        "Disable the account of another person, or begin again: rekey local reset"
                    );
                }

                await World.Graph.DisableAsync(user.Id);
                var keys = World.Keys.Where(k => k.Custodians.Contains(user.Id, StringComparer.Ordinal)).Select(k => $"'{k.Name}'");
                return new LocalAnswer(
                    $"""
                    The account of {user.UserPrincipalName} is disabled, and Graph has sent its change notification.
                    Expect a departure within seconds. {user.DisplayName} is custodian of: {string.Join(
                        ", ",
                        keys.DefaultIfEmpty("no key")
                    )}.
                    Rekey rotates such a key and revokes its old versions. The outcome is "rotated" when that is done:
                      GET {new Uri(World.HostAddress, $"departures/{DepartureOf(user.Id)}")}
                    """
                );
            },
            cancellationToken
        );

    /// <summary>An attacker copies the key's private key, signs a token with it and uses it at the gateways, which log it. Then Rekey
    /// sweeps the logs.</summary>
    /// <exception cref="CannotContinueException">There is no such key, or the gateways refuse the token.</exception>
    public Task<LocalAnswer> ForgeAsync(string name, CancellationToken cancellationToken) =>
        InTurnAsync(
            async () =>
            {
                var key = World.Keys.FirstOrDefault(k => k.Name == name)
                    ?? throw new CannotContinueException(
                        "no-such-key",
                        $"The company has no key '{name}'.",
                        $"Keys: {string.Join(", ", World.Keys.Select(k => k.Name))}."
                    );
                var rekey = new RekeyClient(World);
                var current = (await rekey.TrustListAsync(cancellationToken)).Keys.Single(k => k.IssuerName == key.Name && k.Current);

                // An issuer whose logs hold no issuance at all would be a finding of its own.
                var honest = await new TokenIssuer(World, rekey).MintAsync(key, "customer-1", cancellationToken);
                await _logs.IssueAsync(honest, cancellationToken);
                await UseAsync(key, honest, current.Thumbprint, "198.51.100.1", cancellationToken);

                using var thief = new Attacker(key, current.Kid, (ECDsa)World.Vault.ExportPrivateKey(key.Name, current.Version));
                var forged = thief.Forge("customer-33670000");
                await UseAsync(key, forged, current.Thumbprint, ForgerAddress, cancellationToken);
                using var asked = await rekey.SendAsync(HttpMethod.Post, "sweeps", "Operator", cancellationToken: cancellationToken);
                asked.EnsureSuccessStatusCode();
                return new LocalAnswer(
                    $"""
                    A token was signed with a copy of the private key of '{key.Name}', and both gateways accepted it.
                    Rekey now sweeps the logs, as it does every five minutes. Expect within seconds a critical finding 'tokens-unissued',
                    and that introspection refuses the token. One token is no proof that the key was copied: an approver decides whether to
                    rotate it. After the third forged token Rekey rotates the key without a question.
                    """,
                    forged
                );
            },
            cancellationToken
        );

    /// <summary>Ends the company and starts it anew: nothing has happened in it yet.</summary>
    public Task<LocalAnswer> ResetAsync(CancellationToken cancellationToken) =>
        InTurnAsync(
            async () =>
            {
                try
                {
                    await EndAsync();
                    _logs.Clear();
                    await BeginAsync(_options with { Progress = null }, cancellationToken);
                    await new RekeyClient(World).TakeBaselineAsync(cancellationToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    throw new CannotContinueException(
                        "reset-failed",
                        $"The local world could not begin again: {e.Message}",
                        "Try again: rekey local reset. If it fails again, end the local world with Ctrl+C and start it anew.",
                        e
                    );
                }

                AfterReset?.Invoke();
                return new LocalAnswer(
                    "The local world has begun again: new keys, an empty ledger, every account enabled. The app has the same address."
                );
            },
            cancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await EndAsync();
        _logs.Dispose();
        _port?.Dispose();
        _turn.Dispose();
    }

    private static string IdOf(string client) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"local {client}")).AsSpan(0, 16)).ToString();

    private async Task BeginAsync(WorldOptions options, CancellationToken cancellationToken)
    {
        _world = await World.StartAsync(options, cancellationToken);
        foreach (var person in Employee.All)
        {
            _world.Graph.AddUser(person.Account);
        }

        foreach (var (name, role) in Roles)
        {
            var client = _clients[name];
            _world.Identity.Register(
                new RegisteredClient(
                    client.ClientId,
                    client.Secret,
                    client.ClientId,
                    new Dictionary<string, string[]>(StringComparer.Ordinal) { [WorldSettings.Audience] = [role] }
                )
            );
        }

        _gateway = await Gateway.StartAsync(_world, new(_world), cancellationToken);
    }

    private async Task EndAsync()
    {
        var (world, gateway) = (_world, _gateway);
        (_world, _gateway) = (null, null);
        await (gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (world?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task UseAsync(WorldKey key, string token, string thumbprint, string address, CancellationToken cancellationToken)
    {
        if (await Gateway.CallAsync(key, token, cancellationToken) is not (true, true, _))
        {
            throw new CannotContinueException(
                "refused",
                $"A gateway refused a token of '{key.Name}' that is signed with its current version.",
                "The key is being rotated, or the gateway's copy of the JWKS is two seconds old. Try again."
            );
        }

        await _logs.AcceptAsync(token, thumbprint, address, cancellationToken);
    }

    private async Task<LocalAnswer> InTurnAsync(Func<Task<LocalAnswer>> act, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await act();
        }
        finally
        {
            _turn.Release();
        }
    }
}
