using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Declared;

/// <summary>Reads the declaration from the JSON that a deployment wrote. It guesses nothing and ignores nothing.</summary>
public static class DeclarationReader
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Returns the declaration, or every mistake in it.</summary>
    public static (Declaration? Declaration, IReadOnlyList<string> Mistakes) Read(string json)
    {
        Wire? wire;
        try
        {
            wire = JsonSerializer.Deserialize<Wire>(json, Strict);
        }
        catch (JsonException e)
        {
            return (null, [$"the declaration cannot be read: {e.Message}"]);
        }

        if (wire is null)
        {
            return (null, ["the declaration is null."]);
        }

        var mistakes = wire.Mistakes().ToList();
        return mistakes.Count > 0 ? (null, mistakes) : (wire.ToDeclaration(), []);
    }

    /// <summary>Normalizes a resource id for comparison: in lower case, without a slash at its end.</summary>
    internal static string Normal(string resourceId) => resourceId.TrimEnd('/');

    /// <summary>Whether it is production. By default, only dev and test are not, so that no live environment counts as one.</summary>
    private static bool IsProduction(string environment) =>
        !environment.StartsWith("dev", StringComparison.OrdinalIgnoreCase)
        && !environment.StartsWith("test", StringComparison.OrdinalIgnoreCase);

    private sealed record Wire(
        string Environment,
        PermissionModel PermissionModel,
        IReadOnlyList<WireVault> Vaults,
        bool? Production = null,
        IReadOnlyList<string>? ForeignPrincipals = null
    )
    {
        public IEnumerable<string> Mistakes()
        {
            if (Environment.Length == 0)
            {
                yield return "environment is missing: set it, such as prod.";
            }

            if (Vaults.Count == 0)
            {
                yield return "vaults must list at least one vault.";
            }

            foreach (var id in (ForeignPrincipals ?? []).Where(p => !Guid.TryParse(p, out _)))
            {
                yield return $"foreignPrincipals: '{id}' is not an object id, a GUID.";
            }

            foreach (var mistake in Vaults.SelectMany((v, i) => v.Mistakes(PermissionModel).Select(m => $"vaults[{i}]: {m}")))
            {
                yield return mistake;
            }

            foreach (var twice in Vaults.GroupBy(v => Normal(v.ResourceId), StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            {
                yield return $"vaults: {twice.Key} is declared {twice.Count()} times.";
            }
        }

        public Declaration ToDeclaration() =>
            new(
                Environment,
                Production ?? IsProduction(Environment),
                PermissionModel,
                [.. Vaults.Select(v => v.ToVault())],
                [.. (ForeignPrincipals ?? []).Select(p => p.ToLowerInvariant())]
            );
    }

    private sealed record WireVault(
        Uri VaultUri,
        string ResourceId,
        IReadOnlyList<WireGrant> Grants,
        string Network = "deny",
        bool PurgeProtection = true,
        int SoftDeleteDays = 90,
        int? RetentionDays = null,
        IReadOnlyList<WireDiagnostics>? Diagnostics = null,
        IReadOnlyList<string>? AddressRules = null,
        IReadOnlyList<string>? Subnets = null,
        bool HardwareKeys = true,
        IReadOnlyList<string>? FederatedCredentials = null,
        IReadOnlyList<string>? IndirectPrincipals = null,
        string? Bypass = null,
        IReadOnlyList<string>? PrivateEndpoints = null,
        WireRotator? Rotator = null
    )
    {
        public IEnumerable<string> Mistakes(PermissionModel model)
        {
            if (VaultUri is not { IsAbsoluteUri: true, Scheme: "https" })
            {
                yield return $"vaultUri '{VaultUri}' must be an https address.";
            }

            if (!VaultScope.IsVault(Normal(ResourceId)))
            {
                yield return $"resourceId '{ResourceId}' is not the resource id of a vault: "
                    + "/subscriptions/{guid}/resourceGroups/{name}/providers/Microsoft.KeyVault/vaults/{name}.";
            }

            if (Network is not ("deny" or "allow"))
            {
                yield return $"network '{Network}' must be 'deny' or 'allow'.";
            }

            if (Bypass is not (null or "None" or "AzureServices"))
            {
                yield return $"bypass '{Bypass}' must be 'None' or 'AzureServices'.";
            }

            if (SoftDeleteDays is < 7 or > 90)
            {
                yield return $"softDeleteDays {SoftDeleteDays} must be between 7 and 90.";
            }

            if (RetentionDays is < 4 or > 4383)
            {
                yield return $"retentionDays {RetentionDays} must be between 4 and 4383.";
            }

            foreach (var id in (IndirectPrincipals ?? []).Where(p => !Guid.TryParse(p, out _)))
            {
                yield return $"indirectPrincipals: '{id}' is not an object id, a GUID.";
            }

            if (Rotator is { PrincipalId: var rotator } && !Guid.TryParse(rotator, out _))
            {
                yield return $"rotator: principalId '{rotator}' is not an object id, a GUID.";
            }

            foreach (var mistake in (Diagnostics ?? []).SelectMany(d => d.Mistakes()))
            {
                yield return mistake;
            }

            foreach (var mistake in Grants.SelectMany((g, i) => g.Mistakes(model).Select(m => $"grants[{i}]: {m}")))
            {
                yield return mistake;
            }
        }

        public DeclaredVault ToVault() =>
            new(
                VaultUri,
                Normal(ResourceId),
                [.. Grants.Select(g => g.ToGrant())],
                Network == "allow",
                AddressRules ?? [],
                Subnets ?? [],
                PurgeProtection,
                SoftDeleteDays,
                RetentionDays,
                [.. (Diagnostics ?? []).Select(d => d.ToDiagnostics())],
                HardwareKeys,
                FederatedCredentials ?? []
            )
            {
                LetsServicesBy = Bypass is null ? null : Bypass == "AzureServices",
                PrivateEndpoints = PrivateEndpoints,
                Rotator = Rotator is null
                    ? null
                    : new(Rotator.PrincipalId.ToLowerInvariant(), Rotator.LetInBy is null ? null : [.. Rotator.LetInBy.Select(Normal)]),
                IndirectPrincipals = [.. (IndirectPrincipals ?? []).Select(p => p.ToLowerInvariant())],
            };
    }

    private sealed record WireRotator(string PrincipalId, IReadOnlyList<string>? LetInBy = null);

    private sealed record WireGrant(
        string PrincipalId,
        PrincipalKind PrincipalType,
        string? Role = null,
        IReadOnlyList<string>? DataActions = null,
        bool Active = true,
        string Why = "",
        IReadOnlyList<string>? Actions = null,
        IReadOnlyList<string>? Keys = null,
        string? ApplicationId = null
    )
    {
        public IEnumerable<string> Mistakes(PermissionModel model)
        {
            if (!Guid.TryParse(PrincipalId, out _))
            {
                yield return $"principalId '{PrincipalId}' is not an object id, a GUID.";
            }

            if (PrincipalType is PrincipalKind.Unknown)
            {
                yield return "principalType must be ServicePrincipal, Group or User.";
            }

            if (string.IsNullOrEmpty(Role) && (model is PermissionModel.Rbac || !Active))
            {
                yield return "role must be the name, GUID or resource id of a role.";
            }

            if (ApplicationId is not null && !Guid.TryParse(ApplicationId, out _))
            {
                yield return $"applicationId '{ApplicationId}' is not the id of an application, a GUID.";
            }

            if (ApplicationId is not null && (model is PermissionModel.Rbac || !Active))
            {
                yield return "applicationId needs the permission model accessPolicies and an active grant: only an access policy has an "
                    + "application.";
            }

            if (model is PermissionModel.AccessPolicies && Active && DataActions is null)
            {
                yield return "dataActions is missing: list the permissions of its access policy.";
            }

            foreach (
                var action in (DataActions ?? []).Where(a => !a.StartsWith(KeyVaultActions.Vaults, StringComparison.OrdinalIgnoreCase))
            )
            {
                yield return $"dataActions: '{action}' is not an operation on a vault's content; use one under {KeyVaultActions.Vaults}.";
            }
        }

        public DeclaredGrant ToGrant() =>
            new(
                PrincipalId.ToLowerInvariant(),
                PrincipalType,
                string.IsNullOrEmpty(Role) ? null : Role,
                DataActions,
                Actions,
                Active,
                Keys is null ? null : [.. Keys.Select(k => k.ToLowerInvariant()).Order(StringComparer.Ordinal)],
                Why
            )
            {
                ApplicationId = ApplicationId?.ToLowerInvariant(),
            };
    }

    /// <summary>Reads a setting. A name alone is enough.</summary>
    [JsonConverter(typeof(NameOrWhole))]
    private sealed record WireDiagnostics(
        string Name,
        string? WorkspaceId,
        string? StorageAccountId,
        string? EventHubRuleId,
        string? LogAnalyticsDestinationType
    )
    {
        public IEnumerable<string> Mistakes() =>
            LogAnalyticsDestinationType is null or "Dedicated" or "AzureDiagnostics"
                ? []
                : [$"diagnostics: logAnalyticsDestinationType '{LogAnalyticsDestinationType}' must be 'Dedicated' or 'AzureDiagnostics'."];

        public DeclaredDiagnostics ToDiagnostics() =>
            new(
                Name,
                WorkspaceId,
                StorageAccountId,
                EventHubRuleId,
                LogAnalyticsDestinationType is null ? null : LogAnalyticsDestinationType == "Dedicated"
            );
    }

    private sealed record WholeDiagnostics(
        string Name,
        string? WorkspaceId = null,
        string? StorageAccountId = null,
        string? EventHubRuleId = null,
        string? LogAnalyticsDestinationType = null
    );

    private sealed class NameOrWhole : JsonConverter<WireDiagnostics>
    {
        public override WireDiagnostics Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is JsonTokenType.String)
            {
                return new(
                    reader.GetString()!,
                    WorkspaceId: null,
                    StorageAccountId: null,
                    EventHubRuleId: null,
                    LogAnalyticsDestinationType: null
                );
            }

            var whole = JsonSerializer.Deserialize<WholeDiagnostics>(ref reader, options)
                ?? throw new JsonException("A diagnostic setting must not be null.");
            return new(whole.Name, whole.WorkspaceId, whole.StorageAccountId, whole.EventHubRuleId, whole.LogAnalyticsDestinationType);
        }

        public override void Write(Utf8JsonWriter writer, WireDiagnostics value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
