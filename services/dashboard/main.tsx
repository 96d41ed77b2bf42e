import { render } from 'preact';
import { Page } from './page';
import './page.css';

const target = document.getElementById('page');
if (target !== null) render(<Page />, target);
