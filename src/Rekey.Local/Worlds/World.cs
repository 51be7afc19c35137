using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Connections;
using Rekey.Local.Azurite;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Graph;
using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.ResourceManager;
using Rekey.Local.Tls;

namespace Rekey.Local.Worlds;

/// <summary>
/// A whole company on this machine: its directory, its vaults, its storage, and Rekey as a worker process under a Functions host. Every
/// part speaks the real protocols and ends when this is disposed.
/// </summary>
public sealed class World : IAsyncDisposable
{
    public const string AppClientId = "0f0e0d0c-0b0a-4908-8706-050403020100";
    public const string AppObjectId = "a0a0a0a0-1111-4222-8333-444444444444";
    public const string IssuerObjectId = "b0b0b0b0-1111-4222-8333-444444444444";
    public const string DocumentKey = "trust-list";
    public const string CheckpointKey = "checkpoints";
    public const string CheckpointClientId = "1f1e1d1c-1b1a-4918-8716-151413121110";
    public const string RemoverClientId = "2f2e2d2c-2b2a-4928-8726-252423222120";
    public const string CutOffClientId = "4f4e4d4c-4b4a-4948-8746-454443424140";
    public const string CutOffObjectId = "e1e1e1e1-1111-4222-8333-444444444444";
    public const string RemoverObjectId = "e0e0e0e0-1111-4222-8333-444444444444";

    /// <summary>The break-glass group, which may activate a role in an emergency.</summary>
    public const string BreakGlassGroupId = "f0f0f0f0-1111-4222-8333-444444444444";
    private const string CheckpointObjectId = "d0d0d0d0-1111-4222-8333-444444444444";
    public const string AdminObjectId = "c0c0c0c0-1111-4222-8333-444444444444";

    private const string UserChanges = "user-changes";
    private const int PortTries = 5;

    // The host does not make the queues of its triggers; in Azure they are deployed.
    private static readonly string[] Queues = ["departures", "rotations", "sweeps", UserChanges];

    private readonly WorldOptions _options;
    private readonly bool _ownsFolder;
    private readonly WorldHosts _hosts;
    private HttpClient? _http;
    private FreePort? _port;

    private World(WorldOptions options)
    {
        _options = options;
        _ownsFolder = options.Folder is null;
        Folder = options.Folder ?? Directory.CreateTempSubdirectory("rekey-world-").FullName;
        Directory.CreateDirectory(Folder);
        Authority = LocalCertificateAuthority.Create(Folder);
        _hosts = new(this, options);
        Admin = new(this);
    }

    public string Folder { get; }

    public LocalCertificateAuthority Authority { get; }

    public IdentityServer Identity { get; private set; } = null!;

    public GraphServer Graph { get; private set; } = null!;

    /// <summary>The vault with the company's signing keys.</summary>
    public KeyVaultServer Vault { get; private set; } = null!;

    /// <summary>The vault with Rekey's own key, with which it signs its documents.</summary>
    public KeyVaultServer OwnVault { get; private set; } = null!;

    /// <summary>The management plane, which says who may do what in <see cref="Vault"/>.</summary>
    public ResourceManagerServer ResourceManager { get; private set; } = null!;

    public AzuriteProcess Azurite { get; private set; } = null!;

    /// <summary>The account of tables, work queues and published documents.</summary>
    public string StateConnection => Azurite.ConnectionString;

    /// <summary>The account of the ledger, the dead letters and the queue of events; separate, as in a deployment.</summary>
    public string EvidenceConnection => Azurite.SecondConnectionString;

    public LocalFunctionsHost Host { get; private set; } = null!;

    /// <summary>The administrator, who makes keys and grants.</summary>
    public WorldAdmin Admin { get; }

    /// <summary>The Graph subscription's secret, new in every world.</summary>
    public string ClientState { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Pinned when the key for checkpoints was made.</summary>
    public string CheckpointThumbprint { get; private set; } = "";

    public IReadOnlyList<WorldKey> Keys => _options.Keys;

    /// <summary>A client that trusts this world's authority.</summary>
    public HttpClient Http => _http!;

    /// <summary>The address of the Functions host, known before it listens.</summary>
    public Uri HostAddress { get; private set; } = null!;

    /// <summary>The log of the host and of the worker.</summary>
    public string LogFile => Path.Combine(Folder, "host.log");

    /// <summary>The address of an issuer's keys for verifiers.</summary>
    public Uri JwksAddress(WorldKey key) => new(HostAddress, $"issuers/{key.IssuerName}/jwks.json");

    /// <summary>Starts every part in the order of dependence.</summary>
    public static async Task<World> StartAsync(WorldOptions options, CancellationToken cancellationToken = default)
    {
        var world = new World(options);
        try
        {
            await world.StartAllAsync(cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Mints a token of this tenant for a caller of Rekey with that role.</summary>
    public string TokenFor(string role, string? objectId = null) =>
        Identity.Mint(
            objectId ?? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(role)).AsSpan(0, 16)).ToString(),
            WorldSettings.Audience,
            [role]
        );

    /// <summary>Delivers a CloudEvent to the app as Event Grid does: as a message, base64 by default, that never expires.</summary>
    public async Task DeliverAsync(string cloudEvent, bool plain = false, CancellationToken cancellationToken = default) =>
        await Queue(UserChanges)
            .SendMessageAsync(
                plain ? cloudEvent : Convert.ToBase64String(Encoding.UTF8.GetBytes(cloudEvent)),
                timeToLive: TimeSpan.FromSeconds(-1),
                cancellationToken: cancellationToken
            );

    /// <summary>Starts the app again, with other settings; storage and vaults stay.</summary>
    public async Task RestartHostAsync(IReadOnlyDictionary<string, string>? changes = null, CancellationToken cancellationToken = default)
    {
        await (Host?.DisposeAsync() ?? ValueTask.CompletedTask);
        Host = await _hosts.StartAsync(HostAddress.Port, changes, cancellationToken);
    }

    /// <summary>Starts a further instance of the app on the same storage, on a port of its own; the caller ends it.</summary>
    public Task<LocalFunctionsHost> StartAnotherHostAsync(CancellationToken cancellationToken = default) =>
        _hosts.StartAsync(port: 0, changes: null, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await (Host?.DisposeAsync() ?? ValueTask.CompletedTask);
        _port?.Dispose();
        await (Azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Vault?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (OwnVault?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (ResourceManager?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Graph?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Identity?.DisposeAsync() ?? ValueTask.CompletedTask);
        _http?.Dispose();
        Authority.Dispose();
        await _hosts.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        _http = new HttpClient(Authority.CreateHandler()) { Timeout = TimeSpan.FromMinutes(2) };
        _options.Progress?.Report("identity and directory");
        Identity = await IdentityServer.StartAsync(new() { KnownAudiences = [WorldSettings.Audience] }, Authority, cancellationToken);
        Identity.Register(
            new(
                AppClientId,
                AppObjectId,
                new Dictionary<string, string[]>(StringComparer.Ordinal)
                {
                    [Audiences.Graph] = ["User.Read.All", "GroupMember.Read.All", "Application.Read.All"],
                }
            ),
            asDefault: true
        );
        Identity.Register(new ManagedIdentity(RemoverClientId, RemoverObjectId));
        Identity.Register(
            new ManagedIdentity(
                CutOffClientId,
                CutOffObjectId,
                new Dictionary<string, string[]>(StringComparer.Ordinal) { [Audiences.Graph] = ["User.RevokeSessions.All"] }
            )
        );
        Identity.Register(new ManagedIdentity(CheckpointClientId, CheckpointObjectId));
        Graph = await GraphServer.StartAsync(new() { Subscription = null }, Identity, Authority, cancellationToken);
        Graph.Changed = change => DeliverAsync(change.ToCloudEvent());

        _options.Progress?.Report("vaults and keys");
        Vault = await StartVaultAsync("kv-contoso-prod", KeyPermissions.Rotator, _options.Throttled, cancellationToken);
        OwnVault = await StartVaultAsync("kv-rekey", KeyPermissions.None, throttled: false, cancellationToken);
        OwnVault.Grant(AppObjectId, KeyPermissions.Signer, DocumentKey);
        OwnVault.Grant(CheckpointObjectId, KeyPermissions.Signer, CheckpointKey);
        Vault.Grant(IssuerObjectId, KeyPermissions.Signer);
        await Admin.CreateKeyAsync(OwnVault, new(DocumentKey), cancellationToken);
        await Admin.CreateKeyAsync(OwnVault, new(CheckpointKey), cancellationToken);
        CheckpointThumbprint = (await Admin.ReadKeyAsync(OwnVault, CheckpointKey, cancellationToken)).Thumbprint;
        foreach (var key in _options.Keys)
        {
            await Admin.CreateKeyAsync(Vault, key, cancellationToken);
        }

        Vault.Throttled = _options.Throttled;
        ResourceManager = await ResourceManagerServer.StartAsync(
            new() { IsMember = Graph.IsMember },
            Identity,
            Authority,
            cancellationToken
        );
        WorldAccess.Deploy(this);
        _options.Progress?.Report("storage (Azurite)");
        Azurite = await AzuriteProcess.StartAsync(new() { Progress = _options.Progress }, cancellationToken);
        foreach (var queue in Queues)
        {
            await Queue(queue).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }

        _options.Progress?.Report("Functions host and Rekey");
        await StartHostAsync(cancellationToken);

        // The app creates its subscription at its next tick. Nothing may change before that: Graph sends nothing without one. A test may
        // host another app, which has none.
        if (Host.Functions.Any(f => f.Name == "RenewSubscription"))
        {
            await Host.TriggerTimerAsync("RenewSubscription", cancellationToken);
        }
    }

    /// <summary>Starts the host. The app must know its address before the host listens there. Where the port cannot be reserved, another
    /// process may take it; then the host tries another port.</summary>
    private async Task StartHostAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            _port?.Dispose();
            _port = _options.Port == 0 ? FreePort.Take() : null;
            HostAddress = new($"http://127.0.0.1:{_port?.Number ?? _options.Port}/");
            try
            {
                await RestartHostAsync(cancellationToken: cancellationToken);
                return;
            }
            catch (IOException e) when (_options.Port == 0 && tries < PortTries && e.InnerException is AddressInUseException)
            {
                _options.Progress?.Report($"port {HostAddress.Port} was taken meanwhile");
            }
        }
    }

    private QueueClient Queue(string name) => new(name == UserChanges ? EvidenceConnection : StateConnection, name);

    private async Task<KeyVaultServer> StartVaultAsync(
        string name,
        KeyPermissions app,
        bool throttled,
        CancellationToken cancellationToken
    ) =>
        await KeyVaultServer.StartAsync(
            new()
            {
                Name = name,
                Folder = Path.Combine(Folder, name),
                AuditFolder = _options.AuditFolder,
                SendRetryAfter = throttled,
                Grants = new Dictionary<string, KeyPermissions>(StringComparer.Ordinal)
                {
                    [AppObjectId] = app,
                    [AdminObjectId] = KeyPermissions.CryptoOfficer,
                },
            },
            Identity,
            Authority,
            cancellationToken
        );
}
