using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rekey.Local.Tests.Worker;

if (Environment.GetEnvironmentVariable("TEST_EXIT_AT_START") is { } code)
{
    await Console.Error.WriteLineAsync("the worker gives up");
    return int.Parse(code);
}

if (Environment.GetEnvironmentVariable("TEST_NEVER_CONNECTS") is not null)
{
    await Task.Delay(Timeout.Infinite);
}

var test = Environment.GetEnvironmentVariable("TEST_OFFERS_ITS_PORT");
using var held = test is null ? HttpPort.Hold() : null;

var builder = FunctionsApplication.CreateBuilder(args);
if (test is not null)
{
    // Hosted services start one after another: after the connection to the host, which is there, and before the web server.
    builder.Services.AddSingleton<IHostedService>(new HttpPort.Offer(test));
}

builder.ConfigureFunctionsWebApplication();
await builder.Build().RunAsync();
return 0;
