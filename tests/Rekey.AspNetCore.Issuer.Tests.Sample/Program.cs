using Rekey.AspNetCore.Issuer.Tests.Sample;

await SampleServer.Build(args).RunAsync();
