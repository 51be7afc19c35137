using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Core;

namespace Rekey.Functions.Wire;

/// <summary>Reads a JSON body that must match exactly: no unknown members, none twice.</summary>
internal static class StrictBody
{
    /// <summary>The options for reading bodies.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            MaxDepth = 8,
        };

    /// <exception cref="BadInputException">The body does not match.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            throw new BadInputException("not-json", "Send the body as application/json.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Options, cancellationToken)
                ?? throw new BadInputException("malformed-json", $"The body is null. {Expected(typeof(T))}");
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                "malformed-json",
                $"The body does not match at {Secrets.Without(e.Path ?? "its start")}, line {e.LineNumber + 1}. {Expected(typeof(T))}"
            );
        }
    }

    /// <summary>Says which members a body has.</summary>
    private static string Expected(Type body) =>
        $"Send a JSON object with {string.Join(", ", body.GetConstructors()[0].GetParameters().Select(p =>
            JsonNamingPolicy.CamelCase.ConvertName(p.Name!) + (p.HasDefaultValue ? " (optional)" : "")))}, and nothing else.";
}
