using System.Globalization;
using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>The trigger metadata of an HTTP call: route values over query over members of the body, and all of query and headers.</summary>
internal static class HttpMetadata
{
    public static TriggerMetadata Of(HttpRequest request, string body)
    {
        var metadata = new TriggerMetadata().Members(body);
        // Of a key that is there twice the last value counts.
        var query = request.Query.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.LastOrDefault() ?? "",
            StringComparer.OrdinalIgnoreCase
        );
        foreach (var (name, value) in query)
        {
            metadata.Text(name, value);
        }

        foreach (var (name, value) in request.RouteValues)
        {
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text)
            {
                metadata.Text(name, text);
            }
        }

        // A body's own member of that name stays.
        AddUnlessThere(metadata, "Query", query);
        AddUnlessThere(
            metadata,
            "Headers",
            request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase)
        );
        return metadata;
    }

    private static void AddUnlessThere(TriggerMetadata metadata, string name, Dictionary<string, string> pairs)
    {
        if (!metadata.Has(name))
        {
            metadata.Json(name, pairs);
        }
    }
}
