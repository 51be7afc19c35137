using Rekey.Local.Faults;
using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tls;

namespace Rekey.Local.ResourceManager;

/// <summary>
/// The part of Azure Resource Manager about access: vaults, role assignments, role definitions, eligibilities, diagnostic settings, table
/// retention, federated credentials, Resource Graph for workloads of identities, and the states of partner topics, alert rules and policy
/// assignments. It runs over https and checks tokens and the
/// caller's roles. Assignments can be made and deleted over the wire.
/// </summary>
public sealed class ResourceManagerServer : IAsyncDisposable
{
    private readonly ArmEstate _estate = new();
    private readonly ResourceManagerOptions _options;
    private LoopbackHost? _host;

    private ResourceManagerServer(ResourceManagerOptions options) => _options = options;

    /// <summary><c>https://localhost:{port}/</c>.</summary>
    public Uri Address => _host!.Address;

    /// <summary>The faults to inject, by method and kind, such as <c>GET roleAssignments</c> or <c>DELETE roleAssignments</c>.</summary>
    public FaultInjector Faults { get; } = new();

    /// <summary>All role assignments.</summary>
    public IReadOnlyList<ArmAssignment> Assignments => _estate.Assignments;

    /// <exception cref="IOException">A fixed port is taken.</exception>
    public static async Task<ResourceManagerServer> StartAsync(
        ResourceManagerOptions options,
        IdentityServer identity,
        LocalCertificateAuthority authority,
        CancellationToken cancellationToken = default
    )
    {
        var server = new ResourceManagerServer(options);
        var endpoints = new ArmEndpoints(identity, server._estate, server.Faults, options, () => server.Address.AbsoluteUri.TrimEnd('/'));
        server._host = await LoopbackHost.StartAsync(options.Port, authority.Leaf, endpoints.Map, cancellationToken);
        return server;
    }

    /// <summary>Puts a vault into the subscription.</summary>
    public void AddVault(ArmVault facts, KeyVaultServer server) => _estate.AddVault(facts, server);

    /// <summary>Changes a vault's properties.</summary>
    public void Change(string vaultId, Func<ArmVault, ArmVault> change) => _estate.Change(vaultId, change);

    /// <summary>Assigns a role in-process, as in an existing subscription. Gives the assignment.</summary>
    /// <exception cref="InvalidOperationException">The principal has the role there already.</exception>
    /// <param name="deletesOnly">A condition: the kinds of principals whose assignments it lets its holder delete.</param>
    public ArmAssignment Assign(
        string principalId,
        string principalType,
        ArmRole role,
        string scope,
        string? activationOf = null,
        IReadOnlyList<string>? deletesOnly = null
    )
    {
        var assignment = new ArmAssignment(
            Guid.NewGuid().ToString(),
            scope,
            role.Id,
            principalId,
            principalType,
            _options.Time.GetUtcNow(),
            "estate"
        )
        {
            ActivationOf = activationOf,
            DeletesOnly = deletesOnly,
        };
        Add(assignment);
        return assignment;
    }

    /// <summary>Adds an existing assignment.</summary>
    /// <exception cref="InvalidOperationException">The principal has the role there already.</exception>
    public void Add(ArmAssignment assignment)
    {
        if (!_estate.TryAdd(assignment))
        {
            throw new InvalidOperationException($"{assignment.PrincipalId} has {assignment.RoleId} at {assignment.Scope} already.");
        }
    }

    /// <summary>Takes an assignment away.</summary>
    public void Remove(ArmAssignment assignment) => _estate.Remove(assignment.Id);

    /// <summary>Makes a role activatable. Gives the eligibility.</summary>
    public ArmEligibility MakeEligible(string principalId, string principalType, ArmRole role, string scope)
    {
        var eligibility = new ArmEligibility(Guid.NewGuid().ToString(), scope, role.Id, principalId, principalType);
        _estate.Add(eligibility);
        return eligibility;
    }

    /// <summary>Adds or changes a role.</summary>
    public void SetRole(ArmRole role) => _estate.SetRole(role);

    /// <summary>A table of a workspace, and how long it is kept.</summary>
    public void SetTable(string workspaceId, string table, int totalRetentionInDays) =>
        _estate.SetTable($"{workspaceId}/tables/{table}", totalRetentionInDays);

    /// <summary>Sets whether something of a resource group is on: a partner topic (<c>activationState</c>), an alert rule
    /// (<c>enabled</c>), a policy assignment (<c>enforcementMode</c>).</summary>
    /// <param name="list">Below the group, such as <c>Microsoft.EventGrid/partnerTopics</c>.</param>
    /// <param name="value">As JSON.</param>
    public void SetSwitch(string groupId, string list, string name, string property, string value) =>
        _estate.SetSwitch($"{groupId}/providers/{list}", name, property, value);

    /// <summary>Sets the workloads of an identity and its federated credentials (<c>issuer|subject</c>).</summary>
    public void SetIdentity(string identityId, IEnumerable<string> carriers, IEnumerable<string> federated) =>
        _estate.SetIdentity(identityId, [.. carriers], [.. federated]);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
