using System.Text.RegularExpressions;
using System.Xml;
using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>What would stop a deployment into a subscription that has never seen Rekey.</summary>
internal static partial class FirstDeploymentPromises
{
    public static IEnumerable<string> Broken(PredictedEstate estate) =>
        [.. OfEligibility(estate), .. OfGroups(estate), .. OfRoleNames(estate), .. OfNames(estate)];

    /// <summary>The default policy of a new scope ends each eligibility within a year (ExpirationRule, terraform-provider-azurerm issue
    /// 22766); the same request cannot be made twice.</summary>
    private static IEnumerable<string> OfEligibility(PredictedEstate estate)
    {
        foreach (var request in estate.Of("Microsoft.Authorization/roleEligibilityScheduleRequests"))
        {
            var ends =
                request.Text("properties.scheduleInfo.expiration.type") == "AfterDuration"
                    ? request.Text("properties.scheduleInfo.expiration.duration")
                    : null;
            if (ends is null || XmlConvert.ToTimeSpan(ends) > TimeSpan.FromDays(365))
            {
                yield return $"{request.On.Split('/')[^1]}: a new vault's PIM policy refuses an eligibility of more than a year.";
            }
        }
    }

    /// <summary>azd finds its group by the tag, and stops when two have it (azure_resource_manager.go).</summary>
    private static IEnumerable<string> OfGroups(PredictedEstate estate)
    {
        var tagged = estate.Of("Microsoft.Resources/resourceGroups").Where(g => g["tags.azd-env-name"] is not null).Select(g => g.Id);
        if (!tagged.SequenceEqual([estate.AppGroup], StringComparer.OrdinalIgnoreCase))
        {
            yield return "azd does not find the app's resource group: the tag azd-env-name is on no group, or on another one too.";
        }
    }

    /// <summary>A tenant takes a name of a custom role once (RoleDefinitionWithSameNameExists, azure-docs issue 60446).</summary>
    private static IEnumerable<string> OfRoleNames(PredictedEstate estate) =>
        estate
            .Of("Microsoft.Authorization/roleDefinitions")
            .Where(d => !HashedName().IsMatch(d.Text("properties.roleName")!))
            .Select(d => $"The role {d.Text("properties.roleName")} cannot be made by a second subscription of the tenant.");

    private static IEnumerable<string> OfNames(PredictedEstate estate) =>
        estate
            .Resources.Where(r => ResourceNames.Rules.TryGetValue(r.Type, out var legal) && !legal.IsMatch(r.Name))
            .Select(r => $"{r.Type} cannot be called {r.Name}.");

    [GeneratedRegex(@" \([a-z0-9]{2,8}, [a-z0-9]{4}\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HashedName();
}
