using System.Text.RegularExpressions;

namespace Rekey.Infra.Tests.Rules;

/// <summary>What Azure takes as a name, by resource type ("Naming rules and restrictions for Azure resources").</summary>
internal static class ResourceNames
{
    public static readonly IReadOnlyDictionary<string, Regex> Rules = new Dictionary<string, Regex>(StringComparer.Ordinal)
    {
        ["Microsoft.Storage/storageAccounts"] = Whole("[a-z0-9]{3,24}"),
        ["Microsoft.KeyVault/vaults"] = Whole("(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]"),
        ["Microsoft.KeyVault/vaults/keys"] = Whole("[A-Za-z0-9-]{1,127}"),
        ["Microsoft.Web/sites"] = Whole("[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]"),
        ["Microsoft.Web/serverfarms"] = Whole("[A-Za-z0-9-]{1,40}"),
        ["Microsoft.EventGrid/topics"] = Whole("[A-Za-z0-9-]{3,50}"),
        ["Microsoft.OperationalInsights/workspaces"] = Whole("[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]"),
        ["Microsoft.Insights/components"] = Whole("[A-Za-z0-9().-]{0,259}[A-Za-z0-9()-]"),
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = Whole("[A-Za-z0-9][A-Za-z0-9_-]{2,127}"),
        ["Microsoft.Network/virtualNetworks"] = Whole("[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9_]"),
        ["Microsoft.Network/privateEndpoints"] = Whole("[A-Za-z0-9][A-Za-z0-9._-]{0,78}[A-Za-z0-9_]"),
        ["Microsoft.Resources/resourceGroups"] = Whole(@"[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]"),
    };

    private static Regex Whole(string pattern) =>
        new($@"\A(?:{pattern})\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
