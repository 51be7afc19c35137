using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration.Memory;
using Rekey.AspNetCore;
using Rekey.Sidecar;

// Answers a gateway that asks about each request: 200 for a token that Rekey's lists accept, 401 for any other.
var builder = WebApplication.CreateSlimBuilder(args);

// The access log has each request. A line of the console for each would cost more than the decision; settings can ask for them.
builder.Configuration.Sources.Insert(
    0,
    new MemoryConfigurationSource { InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning))] }
);
builder.Services.AddRekeyGateway(builder.Configuration.GetSection("Rekey"));
var app = builder.Build();
app.UseWhen(OriginalRequest.IsForHealth, health => health.UseHealthChecks(OriginalRequest.Health));
app.Use(
    (context, next) =>
    {
        OriginalRequest.Show(context);
        return next(context);
    }
);

// Named, because an application that does not name it authenticates before everything else.
app.UseAuthentication();
app.Run(async context =>
{
    var result = await context.AuthenticateAsync();
    if (!result.Succeeded)
    {
        await context.ChallengeAsync();
    }
});
await app.RunAsync();
