using Microsoft.AspNetCore.Mvc;
using Rekey.Checks;
using Rekey.Functions.Security;

namespace Rekey.Functions.Checks;

/// <summary>HTTP: checks what a deployment cannot guarantee, as the app sees it now. Each check says what to do.</summary>
public sealed class DoctorFunction(ReadAppFacts read)
{
    [Function("Doctor"), Authorize(Roles = Roles.Operator)]
    [ProducesResponseType<DoctorView>(StatusCodes.Status200OK)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "doctor")] HttpRequest request)
    {
        var facts = await read.ReadAsync(request.HttpContext.RequestAborted);
        var checks = AppChecks.Judge(facts);
        return Results.Json(
            new DoctorView(
                facts.Now,
                checks.All(c => c.State is CheckState.Ok),
                [.. checks.Select(c => new DoctorLine(c.Name, c.State.ToString(), c.Says, c.Do))]
            )
        );
    }
}
