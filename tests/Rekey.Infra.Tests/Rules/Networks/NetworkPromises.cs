using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules.Networks;

/// <summary>
/// Of names: a zone has one record a resource, so that of two endpoints of a vault that register in the same zone the later takes the
/// name from the earlier's network ("Private endpoint DNS integration").
/// </summary>
internal static class NetworkPromises
{
    public static IEnumerable<string> Broken(PredictedEstate estate, string zones) =>
        zones == "own" ? OfOwnZones(estate) : OfOthersZones(estate, zones == "existing");

    /// <summary>A network that is linked to a central zone takes no second one of its name ("A virtual network cannot be linked to multiple
    /// zones with overlapping namespaces").</summary>
    private static IEnumerable<string> OfOthersZones(PredictedEstate estate, bool registers)
    {
        foreach (var zone in estate.Resources.Where(r => r.Type.StartsWith("Microsoft.Network/privateDnsZones", StringComparison.Ordinal)))
        {
            yield return $"{zone.Name} is made beside the zones that are there.";
        }

        foreach (
            var endpoint in estate.Of("Microsoft.Network/privateEndpoints").Where(e => Zones(estate, e).Count() != (registers ? 1 : 0))
        )
        {
            yield return $"{endpoint.Name} is registered in {Zones(estate, endpoint).Count()} zones.";
        }

        foreach (
            var twice in estate
                .Of("Microsoft.Network/privateEndpoints")
                .GroupBy(e => $"{e["properties.privateLinkServiceConnections"]![0]!["properties"]!.ToJsonString()}", StringComparer.Ordinal)
                .Where(g => g.Count() > 1)
        )
        {
            yield return $"{string.Join(" and ", twice.Select(e => e.Name))} take the name from each other.";
        }
    }

    private static IEnumerable<string> OfOwnZones(PredictedEstate estate)
    {
        var ways = estate
            .Of("Microsoft.Network/privateEndpoints")
            .SelectMany(endpoint =>
                Zones(estate, endpoint)
                    .Select(zone => new
                    {
                        Zone = zone,
                        Network = endpoint.Text("properties.subnet.id")!.Split("/subnets/")[0],
                        Of = endpoint["properties.privateLinkServiceConnections"]![0]!["properties"]![
                            "privateLinkServiceId"
                        ]!.GetValue<string>(),
                        endpoint.Name,
                    })
            )
            .ToList();
        foreach (var endpoint in estate.Of("Microsoft.Network/privateEndpoints").Where(e => !Zones(estate, e).Any()))
        {
            yield return $"Nobody finds {endpoint.Name} by name.";
        }

        foreach (var shared in ways.GroupBy(w => (w.Zone, w.Of)).Where(g => g.Count() > 1))
        {
            yield return $"{string.Join(" and ", shared.Select(w => w.Name).Order(StringComparer.Ordinal))} register in one zone: one "
                + "of them has no name.";
        }

        foreach (var way in ways)
        {
            var linked = Linked(estate, way.Zone).Where(n => !IsPeered(estate, way.Zone, n)).ToList();
            if (!linked.SequenceEqual([way.Network], StringComparer.OrdinalIgnoreCase))
            {
                yield return $"The zone of {way.Name} is linked to: {string.Join(", ", linked)}.";
            }
        }

        // Azure refuses a network a second zone of the same name.
        foreach (
            var twice in estate
                .Of(Link)
                .GroupBy(l => $"{l.Id.Split('/')[8]} for {l.Text(Network)!.Split('/')[^1]}", StringComparer.OrdinalIgnoreCase)
                .Where(g => g.Count() > 1)
        )
        {
            yield return $"There are {twice.Count()} zones {twice.Key}.";
        }
    }

    private const string Link = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";
    private const string Network = "properties.virtualNetwork.id";

    private static IEnumerable<string> Zones(PredictedEstate estate, Predicted endpoint) =>
        estate
            .Of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")
            .Where(g => g.Id.StartsWith($"{endpoint.Id}/", StringComparison.Ordinal))
            .SelectMany(g =>
                g["properties.privateDnsZoneConfigs"]!.AsArray().Select(c => c!["properties"]!["privateDnsZoneId"]!.GetValue<string>())
            );

    private static IEnumerable<string> Linked(PredictedEstate estate, string zone) =>
        estate.Of(Link).Where(l => l.Id.StartsWith($"{zone}/", StringComparison.Ordinal)).Select(l => l.Text(Network)!);

    /// <summary>Whose issuers come in by Rekey's own endpoints: linked to Rekey's zone of vaults, and without an endpoint of their
    /// own.</summary>
    private static bool IsPeered(PredictedEstate estate, string zone, string network) =>
        zone.StartsWith($"{estate.AppGroup}/", StringComparison.Ordinal)
        && zone.Contains("vaultcore", StringComparison.Ordinal)
        && !network.StartsWith($"{estate.AppGroup}/", StringComparison.OrdinalIgnoreCase)
        && !estate
            .Of("Microsoft.Network/privateEndpoints")
            .Any(e => e.Text("properties.subnet.id")!.StartsWith($"{network}/", StringComparison.OrdinalIgnoreCase));
}
