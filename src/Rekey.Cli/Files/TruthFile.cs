using System.Text.Json;
using Rekey.Cli.Output;
using Rekey.Detections;
using Rekey.Detections.Samples;

namespace Rekey.Cli.Files;

/// <summary>The file truth.json: the results that a sweep of the sample logs must find.</summary>
internal static class TruthFile
{
    public static void Write(string path, SampleTruth truth, SampleOptions options)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, CliJson.Writer);
        json.WriteStartObject();
        json.WriteStartObject("options");
        json.WriteNumber("seed", options.Seed);
        json.WriteNumber("days", options.Days);
        json.WriteNumber("accesses", options.Accesses);
        json.WriteString("start", options.Start.UtcDateTime);
        json.WriteEndObject();
        json.WriteStartObject("parameters");
        json.WriteString("maxTokenLifetime", options.MaxTokenLifetime.ToString());
        json.WriteString("clockSkew", options.ClockSkew.ToString());
        json.WriteString("verifierCacheTime", options.VerifierCacheTime.ToString());
        json.WriteNumber("maxNetworksPerToken", options.MaxNetworksPerToken);
        json.WriteNumber("maxAddressesPerToken", options.MaxAddressesPerToken);
        json.WriteEndObject();
        json.WriteNumber("issuances", truth.Issuances);
        json.WriteNumber("accesses", truth.Accesses);
        DamageJson.Write(json, "damage", truth.Damage);
        json.WriteStartObject("verdicts");
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            var sightings = truth.Sightings.Where(s => s.Verdict == verdict).ToList();
            json.WriteStartObject(verdict.Code());
            json.WriteNumber("tokens", sightings.Select(s => s.Token.Id).Distinct().Count());
            json.WriteNumber("accesses", sightings.Sum(s => s.Accesses));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("sightings");
        foreach (var sighting in truth.Sightings)
        {
            SightingJson.Write(json, sighting);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
