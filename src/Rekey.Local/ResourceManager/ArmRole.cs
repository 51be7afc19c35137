using System.Text.RegularExpressions;

namespace Rekey.Local.ResourceManager;

/// <summary>A role definition.</summary>
/// <param name="Id">GUID.</param>
public sealed record ArmRole(
    string Id,
    string Name,
    bool IsCustom,
    IReadOnlyList<string> Actions,
    IReadOnlyList<string> NotActions,
    IReadOnlyList<string> DataActions
)
{
    private const string Keys = "Microsoft.KeyVault/vaults/keys/";

    public static readonly ArmRole Reader = new("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", IsCustom: false, ["*/read"], [], []);
    public static readonly ArmRole Owner = new("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", IsCustom: false, ["*"], [], []);
    public static readonly ArmRole Contributor = new(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        IsCustom: false,
        ["*"],
        ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action"],
        []
    );
    public static readonly ArmRole CryptoOfficer = new(
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
        "Key Vault Crypto Officer",
        IsCustom: false,
        [],
        [],
        [Keys + "*", "Microsoft.KeyVault/vaults/keyrotationpolicies/*"]
    );
    public static readonly ArmRole CryptoUser = new(
        "12338af0-0e69-4776-bea7-57ae8d297424",
        "Key Vault Crypto User",
        IsCustom: false,
        [],
        [],
        [
            Keys + "read",
            Keys + "update/action",
            Keys + "backup/action",
            Keys + "encrypt/action",
            Keys + "decrypt/action",
            Keys + "wrap/action",
            Keys + "unwrap/action",
            Keys + "sign/action",
            Keys + "verify/action",
        ]
    );
    public static readonly ArmRole Rotator = new(
        "0c0c0c0c-0000-4000-8000-000000000001",
        "Key rotator (custom)",
        IsCustom: true,
        [],
        [],
        [Keys + "read", Keys + "rotate/action", Keys + "update/action"]
    );
    public static readonly ArmRole Signer = new(
        "0c0c0c0c-0000-4000-8000-000000000002",
        "Key signer (custom)",
        IsCustom: true,
        [],
        [],
        [Keys + "read", Keys + "sign/action"]
    );
    public static readonly ArmRole GrantRemover = new(
        "0c0c0c0c-0000-4000-8000-000000000003",
        "Grant remover (custom)",
        IsCustom: true,
        ["Microsoft.Authorization/roleAssignments/read", "Microsoft.Authorization/roleAssignments/delete"],
        [],
        []
    );

    /// <summary>The roles of every subscription here.</summary>
    public static IReadOnlyList<ArmRole> Common { get; } =
    [Reader, Owner, Contributor, CryptoOfficer, CryptoUser, Rotator, Signer, GrantRemover];

    public IReadOnlyList<string> NotDataActions { get; init; } = [];

    /// <summary>Tells whether the role grants an operation of the management plane.</summary>
    internal bool Gives(string action) => Actions.Any(a => Matches(a, action)) && !NotActions.Any(a => Matches(a, action));

    /// <summary>Tells whether the role grants an operation of the data plane.</summary>
    internal bool GivesData(string action) => DataActions.Any(a => Matches(a, action)) && !NotDataActions.Any(a => Matches(a, action));

    private static bool Matches(string pattern, string action) =>
        Regex.IsMatch(
            action,
            $"^{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal)}$",
            RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
        );
}
