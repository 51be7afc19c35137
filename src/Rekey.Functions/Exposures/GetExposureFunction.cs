using Microsoft.AspNetCore.Mvc;
using Rekey.Exposures.Previews;
using Rekey.Functions.Exposures.Views;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Exposures;

/// <summary>
/// HTTP: shows what would happen if a person left now: the keys that they could have used or taken, each with its reasons and its plan.
/// Without a person it shows every key by the number of such people. It reads vaults, the directory and the audit log, and changes
/// nothing.
/// </summary>
public sealed class GetExposureFunction(ReadExposure preview, TimeProvider timeProvider)
{
    private const string Person = "6f0d8a4e-5a54-4b5e-9d1c-2f3a4b5c6d7e";

    [Function("GetExposure"), Authorize(Roles = Roles.Operator)]
    [ProducesResponseType<ExposureView>(StatusCodes.Status200OK)]
    [Query("user", "The object id of a person. Without it: every key, by the number of people who could have taken it.", Example = Person)]
    [Problem(400, "bad-user")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "exposure")] HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        if (request.Query["user"].ToString() is not { Length: > 0 } user)
        {
            var (keys, unread) = await preview.OfEveryoneAsync(cancel);
            return Results.Json(
                new ExposureView(null, timeProvider.GetUtcNow(), [.. keys.Select(ExposedKeyRow.Of)], UnreadSourceView.Of(unread))
            );
        }

        return Guid.TryParse(user, out var person)
            ? Results.Json(ExposureView.Of(await preview.OfAsync($"{person}", cancel)))
            : throw new BadInputException(
                "bad-user",
                $"'{user}' is not the object id of a person, a GUID. Find it with: az ad user show --id <name>"
            );
    }
}
