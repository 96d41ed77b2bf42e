/** A style sheet is imported for what esbuild makes of it: a part of the page's one file of styles. */
declare module '*.css';
