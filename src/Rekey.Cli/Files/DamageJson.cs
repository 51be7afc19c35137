using System.Text.Json;
using Rekey.Detections.Campaigns;

namespace Rekey.Cli.Files;

/// <summary>Writes the damage assessment of one key as a JSON object.</summary>
internal static class DamageJson
{
    public static void Write(Utf8JsonWriter json, string? name, Damage damage)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        json.WriteString("iss", damage.Iss);
        SightingJson.Text(json, "kid", damage.Kid);
        json.WriteNumber("tokens", damage.Tokens);
        json.WriteNumber("accesses", damage.Accesses);
        json.WriteNumber("subjects", damage.Subjects);
        json.WriteNumber("addresses", damage.Addresses);
        SightingJson.Time(json, "firstUse", damage.FirstUse);
        SightingJson.Time(json, "lastUse", damage.LastUse);
        json.WriteNumber("daysExposed", damage.DaysExposed);
        json.WriteEndObject();
    }
}
