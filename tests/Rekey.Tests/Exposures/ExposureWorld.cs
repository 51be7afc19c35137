using Rekey.Departures;
using Rekey.Exposures;
using Rekey.Exposures.Access;
using Rekey.Exposures.Audit;
using Rekey.Exposures.Custodians;
using Rekey.Tests.Doubles;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.Trust;
using Rekey.Trust.Vaults;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.Exposures;

/// <summary>A company with a declared vault, an audit log, and no declared custodians.</summary>
public sealed class ExposureWorld
{
    private ExposureWorld(Company company, ProdVault vault, bool hasLog)
    {
        (Company, Vault) = (company, vault);
        company.Readings = new(new(Azure.ResourceManager, Azure.Principals, company.Clock), new(company.Options.VaultAccess));
        company.FindExposuresOf = (process, client) => Find(process, client, hasLog);
    }

    public Company Company { get; }

    public ProdVault Vault { get; }

    public AzureEstate Azure => Vault.Azure;

    public MemoryAuditLog Audit { get; } = new();

    public string Leaver => $"{Company.Leaver}";

    public static async Task<ExposureWorld> StartAsync(
        int keys = 2,
        PermissionModel model = PermissionModel.Rbac,
        bool hasLog = true,
        bool isDeclared = true
    )
    {
        var vault = new ProdVault(model);
        var company = await Company.WithBaselineAsync(keys, options =>
        {
            options.VaultAccess.Declaration = isDeclared ? vault.Text : null;
            foreach (var key in options.Keys)
            {
                key.VaultUri = new($"https://{AzureEstate.Host}");
                key.Custodians.Clear();
            }
        });
        vault.Azure.Directory[$"{Company.Leaver}"] = Rekey.VaultAccess.PrincipalKind.User;
        return new(company, vault, hasLog);
    }

    private FindExposures Find(Process process, IKeyVault client, bool hasLog)
    {
        var vaults = new DeclaredVaults(Company.Options.VaultAccess);
        var readings = new VaultReadings(new(Azure.ResourceManager, Azure.Principals, Company.Clock), vaults);
        var audit = hasLog ? new AuditReading(Audit, Company.GovernedKeys, Company.Options.Exposures, Company.Clock) : null;
        return new(
            [
                new DeclaredCustody(Company.Options.ToCustodians()),
                new TaggedCustody(client),
                new NamedKeys(),
                new GrantedKeys(readings),
                new KeysGrantedBefore(Company.CustodyFor(process), vaults),
                .. audit is null ? (IExposureSource[])[] : [new UsedKeys(audit, vaults)],
            ],
            Company.GovernedKeys,
            client,
            process.TrustLedger,
            new(client, readings, process.TrustLedger, Company.Clock, audit)
        );
    }

    public SigningKey Key(int n) => Company.GovernedKeys.Keys[n - 1].Key;

    /// <summary>The newest version of a key.</summary>
    public string Version(int n) => Company.Vault.Newest(Key(n)).Public.Version;

    /// <summary>Somebody does something with the newest version of a key.</summary>
    public AuditRow Does(
        string operation,
        int key,
        string? oid = null,
        int? status = 200,
        DateTimeOffset? at = null,
        string appId = "",
        string? version = null
    )
    {
        var row = new AuditRow(
            at ?? Company.Now,
            operation,
            AzureEstate.Host,
            Key(key).Name,
            version ?? Version(key),
            oid ?? Leaver,
            appId,
            StatusCode: status
        );
        Audit.Rows.Add(row);
        return row;
    }

    public void Assign(string principal, RoleDefinition role, string scope = AzureEstate.VaultId) => Azure.Assign(principal, role, scope);

    /// <summary>Which keys the leaver exposes now, each with the kinds of its reasons.</summary>
    public async Task<ExposuresFound> FindAsync(DateTimeOffset? endedAt = null) =>
        await Company.NewProcess().FindExposures.FindAsync(new(Leaver, endedAt ?? Company.Now, []), default);

    /// <summary>The answer in lines such as <c>issuer-1: granted used</c>.</summary>
    public async Task<IReadOnlyList<string>> KindsAsync(DateTimeOffset? endedAt = null) =>
        [
            .. (await FindAsync(endedAt)).Exposures.Select(e =>
                $"{e.KeyId.Split('/')[1]}: {string.Join(' ', e.Reasons.Select(r => r.Kind).Distinct().Order(StringComparer.Ordinal))}"
            ),
        ];

    /// <summary>The leaver's departure, as the directory shows it, and what follows.</summary>
    public async Task<Departure> LeavesAsync()
    {
        var process = Company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        return Company.Departures.All.Single();
    }

    /// <summary>A key that was made in hardware at a time when the log was on, with a row of the log each hour since.</summary>
    public void Prove(int key)
    {
        var made = Company.Vault.Newest(Key(key)).Public;
        Azure.Keys.Add(new(new(Key(key).Name, "EC-HSM", IsExportable: false, made.Version)));
        Does("keycreate", key, oid: "the-deployment", at: made.Created);
        for (var at = made.Created; at < Company.Now; at += TimeSpan.FromHours(1))
        {
            Audit.Rows.Add(new(at, "keyget", AzureEstate.Host, Key(key).Name, Oid: "rekey"));
        }
    }
}
