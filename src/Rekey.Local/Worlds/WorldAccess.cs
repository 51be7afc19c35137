using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Local.Graph;
using Rekey.Local.ResourceManager;

namespace Rekey.Local.Worlds;

/// <summary>The access to a local company's vault, as a deployment makes and declares it.</summary>
internal static class WorldAccess
{
    private const string Keys = "Microsoft.KeyVault/vaults/keys/";
    private const string DiagnosticsName = "audit-to-la";
    private const int RetentionDays = 730;

    /// <summary>Makes the declared roles, identities and diagnostic settings.</summary>
    public static void Deploy(World world)
    {
        var (arm, vault) = (world.ResourceManager, world.Vault.ResourceId);
        var group = Group(vault);
        var workspace = $"{group}/providers/Microsoft.OperationalInsights/workspaces/la-rekey";
        arm.AddVault(
            new(vault, world.Vault.Address) { Diagnostics = [new(DiagnosticsName, workspace)], PrivateEndpoints = [Endpoint(vault)] },
            world.Vault
        );
        arm.SetTable(workspace, "AZKVAuditLogs", RetentionDays);

        foreach (
            var (id, clientId, name) in new[]
            {
                (World.AppObjectId, World.AppClientId, "id-rekey"),
                (World.IssuerObjectId, World.IssuerObjectId, "id-issuer"),
                (World.RemoverObjectId, World.RemoverClientId, "id-remover"),
            }
        )
        {
            world.Graph.Set(
                new GraphServicePrincipal(id, clientId)
                {
                    ResourceId = $"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
                }
            );
        }

        world.Graph.Set(new GraphServicePrincipal(World.AdminObjectId, World.AdminObjectId));
        world.Graph.Set(new GraphGroup(World.BreakGlassGroupId));
        arm.Assign(World.AdminObjectId, "ServicePrincipal", ArmRole.Owner, group);
        arm.Assign(World.AdminObjectId, "ServicePrincipal", ArmRole.CryptoOfficer, vault);
        arm.Assign(World.AppObjectId, "ServicePrincipal", ArmRole.Reader, group);
        arm.Assign(World.AppObjectId, "ServicePrincipal", ArmRole.Rotator, vault);
        arm.Assign(World.IssuerObjectId, "ServicePrincipal", ArmRole.Signer, vault);
        arm.Assign(World.RemoverObjectId, "ServicePrincipal", ArmRole.GrantRemover, vault, deletesOnly: ["User"]);
        arm.MakeEligible(World.BreakGlassGroupId, "Group", ArmRole.CryptoOfficer, vault);
    }

    /// <summary>The declaration, and its SHA-256.</summary>
    public static (string Text, string Hash) Declare(World world)
    {
        var text = JsonSerializer.Serialize(
            new
            {
                environment = "local",
                production = true,
                permissionModel = "rbac",
                vaults = new[]
                {
                    new
                    {
                        vaultUri = world.Vault.Address.AbsoluteUri,
                        resourceId = world.Vault.ResourceId,
                        grants = new object[]
                        {
                            new
                            {
                                principalId = World.AppObjectId,
                                principalType = "ServicePrincipal",
                                role = ArmRole.Rotator.Id,
                                dataActions = new[] { Keys + "read", Keys + "rotate/action", Keys + "update/action" },
                                active = true,
                                why = "Rekey rotates",
                            },
                            new
                            {
                                principalId = World.IssuerObjectId,
                                principalType = "ServicePrincipal",
                                role = ArmRole.Signer.Name,
                                dataActions = new[] { Keys + "read", Keys + "sign/action" },
                                active = true,
                                why = "issuers sign",
                            },
                            new
                            {
                                principalId = World.AdminObjectId,
                                principalType = "ServicePrincipal",
                                role = ArmRole.Owner.Name,
                                active = true,
                                why = "the pipeline deploys",
                            },
                            new
                            {
                                principalId = World.AdminObjectId,
                                principalType = "ServicePrincipal",
                                role = ArmRole.CryptoOfficer.Name,
                                active = true,
                                why = "the pipeline makes keys",
                            },
                            new
                            {
                                principalId = World.BreakGlassGroupId,
                                principalType = "Group",
                                role = ArmRole.CryptoOfficer.Name,
                                active = false,
                                why = "emergencies",
                            },
                        },
                        rotator = new { principalId = World.AppObjectId, letInBy = new[] { Endpoint(world.Vault.ResourceId) } },
                        privateEndpoints = new[] { Endpoint(world.Vault.ResourceId) },
                        network = "deny",
                        purgeProtection = true,
                        softDeleteDays = 90,
                        retentionDays = RetentionDays,
                        diagnostics = new[] { DiagnosticsName },
                        // The stand-in has no hardware.
                        hardwareKeys = false,
                    },
                },
                foreignPrincipals = Array.Empty<string>(),
            }
        );
        return (text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private static string Endpoint(string vaultId) => $"{Group(vaultId)}/providers/Microsoft.Network/privateEndpoints/pe-rekey";

    private static string Group(string vaultId) => vaultId[..vaultId.IndexOf("/providers/", StringComparison.Ordinal)];
}
