using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Ledgers.Segments;

namespace Rekey.Functions.Ledgers;

/// <summary>
/// HTTP: gives the bytes of a segment of the ledger from an offset, as they are stored, at most 4 MiB: none at its end. The id is the
/// number of the segment, from 1. Ask for the next segment at the end of one, until there is none:
/// `rekey ledger export &lt;folder&gt;` does.
/// </summary>
public sealed class GetLedgerSegmentFunction(ILedgerSegments segments)
{
    /// <summary>The most bytes of one answer. It bounds the memory of a call.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    private const string ContentType = "application/x-ndjson";

    [Function("GetLedgerSegment"), Authorize(Roles = Roles.Viewers)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, ContentType)]
    [Query("offset", "The number of bytes that the caller has; 0 is the default.", Example = "0")]
    [Problem(400, "bad-offset"), Problem(404, "unknown-segment")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ledger/segments/" + RouteIds.Id)] HttpRequest request
    )
    {
        var offset = OffsetOf(request.Query["offset"]);
        var number = int.TryParse(request.RouteId(), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 0;
        try
        {
            var read = number == 0 ? null : await segments.ReadAsync(number, offset, MostBytes, request.HttpContext.RequestAborted);
            return read is null
                ? throw new BadInputException(
                    "unknown-segment",
                    "There is no such segment. The first one is 1, and the newest one is the last.",
                    StatusCodes.Status404NotFound
                )
                : Results.Bytes(read.Bytes, ContentType);
        }
        catch (CannotContinueException shorter) when (offset > 0 && shorter.Reason is "ledger-broken")
        {
            // Whether the segment was cut, or the caller has another one, a caller cannot prove: the app verifies its ledger itself.
            throw new BadInputException("bad-offset", $"The segment has fewer than {offset} bytes: what the caller has is not this one.");
        }
    }

    private static long OffsetOf(Microsoft.Extensions.Primitives.StringValues given) =>
        given.Count == 0 ? 0
        : given is [{ } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset
        : throw new BadInputException("bad-offset", "The offset must be a whole number of bytes, 0 or more.");
}
