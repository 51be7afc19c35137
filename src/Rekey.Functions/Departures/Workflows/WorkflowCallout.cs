using System.Text.Json;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures.Workflows;

/// <summary>
/// The call-out of a Lifecycle Workflow's custom task extension (<c>customTaskExtensionCalloutData</c> of Microsoft Graph), as its Logic
/// App passes it on. Only the person and the run are read; other members are ignored.
/// </summary>
/// <remarks>
/// Confirmed by the reference of Graph: custom task extensions call Logic Apps only, and the data have <c>subject</c> (a user),
/// <c>task</c>, <c>taskProcessingResult</c> and <c>workflow</c>. Not confirmed by a recording: that the body is an object with that data
/// under <c>data</c>, the letter case of <c>taskProcessingResult</c> (a schema also spells it in lower case), and which properties of the
/// user come besides <c>id</c>. "Launch and continue" needs no answer but a status of success.
/// </remarks>
internal sealed record WorkflowCallout(WorkflowCalloutData Data)
{
    // Graph adds members; its letter case is not confirmed.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 16,
    };

    /// <exception cref="BadInputException">It names no user.</exception>
    public static async Task<WorkflowCallout> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
        {
            throw new BadInputException("not-json", "Send the body as application/json.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<WorkflowCallout>(request.Body, Options, cancellationToken)
                ?? throw new BadInputException("malformed-json", "The body is null.");
        }
        catch (JsonException)
        {
            throw new BadInputException("malformed-json", "The body names no user: data.subject.id is missing or not a GUID.");
        }
    }
}
